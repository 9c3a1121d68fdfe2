/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.qparams.CodeLimits;
import io.github.quant4j.core.qparams.Granularity;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.qparams.QuantizedType;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every type and granularity against a reference that works element by element in double. */
class QuantizerTypesTest {

  @ParameterizedTest
  @EnumSource(QuantizedType.class)
  void quantizeOfRandomTensorsIsThatOfNaiveReference(QuantizedType type) {
    for (long seed = 0; seed < 60; seed++) {
      Case random = Case.of(seed, type);
      ByteBuffer codes = random.quantize(FloatBuffer.wrap(random.values));
      long[] found = QuantizerCodes.unpack(type, codes, random.values.length);

      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).as("seed %d index %d", seed, i).isEqualTo(random.code(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(QuantizedType.class)
  void dequantizeOfRandomTensorsIsThatOfNaiveReference(QuantizedType type) {
    for (long seed = 0; seed < 60; seed++) {
      Case random = Case.of(seed, type);
      float[] values = new float[random.values.length];
      random.quantizer.dequantize(
          random.quantize(FloatBuffer.wrap(random.values)), random.shape, FloatBuffer.wrap(values));

      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).as("seed %d index %d", seed, i).isEqualTo(random.value(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(QuantizedType.class)
  void fakeQuantizeIsQuantizeAndDequantizeBitByBit(QuantizedType type) {
    for (long seed = 0; seed < 60; seed++) {
      Case random = Case.of(seed, type);
      FloatBuffer expected = FloatBuffer.allocate(random.values.length);
      random.quantizer.dequantize(
          random.quantize(FloatBuffer.wrap(random.values)), random.shape, expected);
      FloatBuffer inPlace = SeededFloats.direct(random.values);
      random.quantizer.fakeQuantize(inPlace, random.shape, inPlace);

      for (int i = 0; i < random.values.length; i++) {
        assertThat(Float.floatToRawIntBits(inPlace.get(i)))
            .as("seed %d index %d", seed, i)
            .isEqualTo(Float.floatToRawIntBits(expected.get(i)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(QuantizedType.class)
  void quantizeOfHeapAndDirectBuffersIsTheSame(QuantizedType type) {
    for (long seed = 0; seed < 20; seed++) {
      Case random = Case.of(seed, type);

      assertThat(random.quantize(SeededFloats.direct(random.values)))
          .as("seed %d", seed)
          .isEqualTo(random.quantize(SeededFloats.offset(random.values)));
    }
  }

  @ParameterizedTest
  @EnumSource(value = QuantizedType.class, mode = EnumSource.Mode.EXCLUDE, names = "INT32")
  void everyCodeComesBackAsItself(QuantizedType type) {
    int count = 1 << type.bits();
    long[] all = new long[count];
    for (int i = 0; i < count; i++) {
      all[i] = (long) type.minimum() + i;
    }
    AffineQuantizer quantizer =
        AffineQuantizer.of(QuantizationParameters.perTensor(.1f, 3), type, full(type));
    FloatBuffer values = FloatBuffer.allocate(count);
    ByteBuffer codes = ByteBuffer.allocate((int) quantizer.byteSize(Shape.of(count)));
    quantizer.dequantize(QuantizerCodes.pack(type, all), Shape.of(count), values);
    quantizer.quantize(values, Shape.of(count), codes);

    assertThat(QuantizerCodes.unpack(type, codes, count)).containsExactly(all);
  }

  @Test
  void quantizeToFourBitsPacksTheFirstCodeLow() {
    AffineQuantizer quantizer =
        AffineQuantizer.of(
            QuantizationParameters.perTensor(1f, 0),
            QuantizationSpec.INT8_ACTIVATION.withType(QuantizedType.INT4));
    ByteBuffer codes = ByteBuffer.allocate(2);
    quantizer.quantize(FloatBuffer.wrap(new float[] {1, -1, 7}), Shape.of(3), codes);

    assertThat(codes.array()).containsExactly(0xF1, 0x07);
    assertThat(quantizer.byteSize(Shape.of(3))).isEqualTo(2);
  }

  @Test
  void quantizeToWideCodesIsLittleEndianWhateverTheBuffer() {
    ByteBuffer codes = ByteBuffer.allocate(2).order(ByteOrder.BIG_ENDIAN);
    quantizer(QuantizedType.INT16).quantize(FloatBuffer.wrap(new float[] {-2}), Shape.of(1), codes);
    ByteBuffer wide = ByteBuffer.allocate(4).order(ByteOrder.BIG_ENDIAN);
    quantizer(QuantizedType.INT32).quantize(FloatBuffer.wrap(new float[] {258}), Shape.of(1), wide);

    assertThat(codes.array()).containsExactly(0xFE, 0xFF);
    assertThat(wide.array()).containsExactly(2, 1, 0, 0);
  }

  @Test
  void quantizeToInt32SaturatesAndTakesNaNToTheLowestCode() {
    ByteBuffer codes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    quantizer(QuantizedType.INT32)
        .quantize(
            FloatBuffer.wrap(
                new float[] {Float.NaN, Float.POSITIVE_INFINITY, -0x1p40f, 0x1p31f, -0x1p31f}),
            Shape.of(5),
            codes);
    int[] found = new int[5];
    codes.asIntBuffer().get(found);

    assertThat(found)
        .containsExactly(
            Integer.MIN_VALUE,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE);
  }

  @Test
  void scalesOfOtherBlocksThanTheShapeAreRefused() {
    AffineQuantizer quantizer =
        AffineQuantizer.of(
            QuantizationParameters.perBlock(0, 2, new float[] {1, 1}, new int[2]),
            QuantizationSpec.int4Weight(0, 2));

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> quantizer.quantize(FloatBuffer.allocate(6), Shape.of(6), ByteBuffer.allocate(3)))
        .withMessage("shape is [6], expected one with 2 scales on axis 0 in blocks of 2");
  }

  @Test
  void typeIsThatOfTheCodes() {
    assertThat(quantizer(QuantizedType.UINT16).type()).isEqualTo(QuantizedType.UINT16);
  }

  private static AffineQuantizer quantizer(QuantizedType type) {
    return AffineQuantizer.of(QuantizationParameters.perTensor(1f, 0), type, full(type));
  }

  private static CodeLimits full(QuantizedType type) {
    return new CodeLimits(type.minimum(), type.maximum());
  }

  /** A random tensor with NaN and infinities among its values, and a quantizer for it. */
  private static final class Case {

    private final Shape shape;
    private final float[] values;
    private final QuantizationParameters parameters;
    private final CodeLimits limits;
    private final AffineQuantizer quantizer;

    private Case(
        Shape shape,
        float[] values,
        QuantizationParameters parameters,
        QuantizedType type,
        CodeLimits limits) {
      this.shape = shape;
      this.values = values;
      this.parameters = parameters;
      this.limits = limits;
      this.quantizer = AffineQuantizer.of(parameters, type, limits);
    }

    static Case of(long seed, QuantizedType type) {
      SeededFloats random = SeededFloats.of(seed);
      boolean isLong = random.between(0, 9) == 0;
      Shape shape =
          Shape.of(
              random.between(1, 5), random.between(1, 9), random.between(1, isLong ? 2_000 : 30));
      int axis = random.between(0, 2);
      Granularity granularity =
          switch (random.between(0, 2)) {
            case 0 -> Granularity.perTensor();
            case 1 -> Granularity.perAxis(axis);
            default -> Granularity.perBlock(axis, random.between(1, 12));
          };
      int count = (int) granularity.scaleShape(shape).elementCount();
      CodeLimits limits = full(type);
      if (random.between(0, 1) == 0) {
        limits = new CodeLimits(type.minimum() + 1, type.maximum() - 2);
      }
      float[] scales = new float[count];
      int[] zeroPoints = new int[count];
      for (int i = 0; i < count; i++) {
        scales[i] = (float) Math.pow(10, random.between(-4, 3)) * random.between(1, 99);
        zeroPoints[i] = random.between(limits.minimum() / 2 + 1, limits.maximum() / 2);
      }
      float[] values = random.withNonFinite((int) shape.elementCount());
      return new Case(shape, values, parameters(granularity, scales, zeroPoints), type, limits);
    }

    private static QuantizationParameters parameters(
        Granularity granularity, float[] scales, int[] zeroPoints) {
      if (granularity instanceof Granularity.PerAxis perAxis) {
        return QuantizationParameters.perAxis(perAxis.axis(), scales, zeroPoints);
      }
      if (granularity instanceof Granularity.PerBlock perBlock) {
        return QuantizationParameters.perBlock(
            perBlock.axis(), perBlock.blockSize(), scales, zeroPoints);
      }
      return QuantizationParameters.perTensor(scales[0], zeroPoints[0]);
    }

    ByteBuffer quantize(FloatBuffer buffer) {
      ByteBuffer codes = ByteBuffer.allocate((int) quantizer.byteSize(shape));
      quantizer.quantize(buffer, shape, codes);
      return codes;
    }

    long code(int element) {
      int at = scaleOf(element);
      double code = Math.rint(values[element] / parameters.scale(at)) + parameters.zeroPoint(at);
      return Double.isNaN(code)
          ? limits.minimum()
          : (long) Math.max(limits.minimum(), Math.min(limits.maximum(), code));
    }

    float value(int element) {
      int at = scaleOf(element);
      return (float) (code(element) - parameters.zeroPoint(at)) * parameters.scale(at);
    }

    private int scaleOf(int element) {
      int last = (int) shape.dimension(2);
      int middle = (int) shape.dimension(1);
      int[] index = {element / last / middle, element / last % middle, element % last};
      if (parameters.granularity() instanceof Granularity.PerAxis perAxis) {
        return index[perAxis.axis()];
      }
      if (parameters.granularity() instanceof Granularity.PerBlock perBlock) {
        index[perBlock.axis()] /= perBlock.blockSize();
        Shape scales = perBlock.scaleShape(shape);
        return (index[0] * (int) scales.dimension(1) + index[1]) * (int) scales.dimension(2)
            + index[2];
      }
      return 0;
    }
  }
}
