/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class AffineQuantizerTest {

  @Test
  void quantizeOfRandomValuesIsThatOfNaiveReference() {
    for (long seed = 0; seed < 100; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] values = floats.finite(floats.between(1, 10_000));
      float scale = (float) Math.pow(10, floats.between(-6, 4));
      int zeroPoint = floats.between(-127, 127);
      int quantMin = floats.between(-128, zeroPoint);
      byte[] codes = quantizeFrom(quantMin, scale, zeroPoint, values);

      for (int i = 0; i < values.length; i++) {
        double code = Math.rint(values[i] / scale) + zeroPoint;
        assertThat(codes[i])
            .as("seed %d index %d value %s", seed, i, values[i])
            .isEqualTo((byte) Math.max(quantMin, Math.min(127, code)));
      }
    }
  }

  @Test
  void quantizePerAxisIsPerTensorOnSlices() {
    for (long seed = 0; seed < 50; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      int rows = floats.between(1, 6);
      int length = floats.between(1, 3_000);
      float[] values = floats.finite(rows * 2 * length);
      byte[] codes = new byte[values.length];
      perAxis(1, 1e-3f, 10f)
          .quantize(SeededFloats.direct(values), Shape.of(rows, 2, length), ByteBuffer.wrap(codes));

      for (int i = 0; i < values.length; i++) {
        float scale = i / length % 2 == 0 ? 1e-3f : 10f;
        assertThat(codes[i])
            .as("seed %d index %d", seed, i)
            .isEqualTo(quantize(scale, 0, values[i])[0]);
      }
    }
  }

  @Test
  void dequantizeOfEveryCodePerAxisComesBackAsItself() {
    byte[] codes = new byte[20_000];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i % 255 - 127);
    }
    AffineQuantizer quantizer = perAxis(1, .1f, 3f, 1e-20f, 1e20f);
    Shape shape = Shape.of(5_000, 4);
    FloatBuffer values = SeededFloats.direct(new float[codes.length]);
    ByteBuffer again = ByteBuffer.allocateDirect(codes.length);
    quantizer.dequantize(ByteBuffer.wrap(codes), shape, values);
    quantizer.quantize(values, shape, again);

    assertThat(again).isEqualTo(ByteBuffer.wrap(codes));
  }

  @Test
  void quantizeStaysWithinHalfAScale() {
    for (long seed = 0; seed < 20; seed++) {
      float[] values = SeededFloats.of(seed).finite(1_000);
      float absoluteMaximum = Float.MIN_NORMAL;
      for (float value : values) {
        absoluteMaximum = Math.max(absoluteMaximum, Math.abs(value));
      }
      float scale = absoluteMaximum / 127;
      float[] back = new float[values.length];
      AffineQuantizer quantizer = perTensor(scale, 0, -127, 127);
      quantizer.dequantize(
          ByteBuffer.wrap(quantize(scale, 0, values)),
          Shape.of(values.length),
          FloatBuffer.wrap(back));

      for (int i = 0; i < values.length; i++) {
        assertThat(Math.abs((double) back[i] - values[i]))
            .as("seed %d index %d", seed, i)
            .isLessThanOrEqualTo(scale * (0.5 + 127 * 1.2e-7));
      }
    }
  }

  @Test
  void quantizeLeavesPositionsAndOtherBytes() {
    FloatBuffer values = SeededFloats.offset(1f, 2f);
    ByteBuffer codes = ByteBuffer.allocate(4).position(1).limit(3);
    perTensor(1f, 0, -127, 127).quantize(values, Shape.of(2), codes);

    assertThat(values.position()).isEqualTo(1);
    assertThat(codes.position()).isEqualTo(1);
    assertThat(codes.array()).containsExactly(0, 1, 2, 0);
  }

  @Test
  void quantizeOfNothingDoesNothing() {
    perTensor(1f, 0, -127, 127)
        .quantize(FloatBuffer.allocate(0), Shape.of(0, 2), ByteBuffer.allocate(0));
    perAxis(1, 1f, 2f)
        .dequantize(ByteBuffer.allocate(0), Shape.of(0, 2, 1L << 40), FloatBuffer.allocate(0));
  }

  @Test
  void buffersOfOtherSizeAreRefused() {
    AffineQuantizer quantizer = perTensor(1f, 0, -127, 127);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> quantizer.quantize(FloatBuffer.allocate(3), Shape.of(2), ByteBuffer.allocate(2)))
        .withMessage(
            "buffers have 3 values and 2 bytes of codes remaining, expected 2 and 2 for int8[2]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                quantizer.dequantize(ByteBuffer.allocate(1), Shape.of(2), FloatBuffer.allocate(2)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                quantizer.fakeQuantize(
                    FloatBuffer.allocate(2), Shape.of(2), FloatBuffer.allocate(3)))
        .withMessage(
            "buffers have 2 values and 3 results remaining, expected 2 of each for shape [2]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                quantizer.fakeQuantize(
                    FloatBuffer.allocate(3), Shape.of(2), FloatBuffer.allocate(3)));
  }

  @Test
  void shapeWithoutTheChannelsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                perAxis(1, 1f, 2f)
                    .quantize(FloatBuffer.allocate(3), Shape.of(1, 3), ByteBuffer.allocate(3)))
        .withMessage("shape is [1, 3], expected one with 2 scales on axis 1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                perAxis(1, 1f, 2f)
                    .quantize(FloatBuffer.allocate(2), Shape.of(2), ByteBuffer.allocate(2)));
  }

  @Test
  void ofCodesThatAreNoSignedBytesIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> perTensor(1f, 0, -129, 127));
    assertThatIllegalArgumentException().isThrownBy(() -> perTensor(1f, 0, 0, 255));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> perTensor(1f, 0, 1, 1))
        .withMessage("codes are [1, 1], expected an ascending range");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> perTensor(1f, 0, -128, 255))
        .withMessage(
            "codes are [-128, 255], expected an ascending range within [-128, 127] of int8");
  }

  @Test
  void ofZeroPointThatIsNoCodeIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> perTensor(1f, 128, -128, 127));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> perTensor(1f, -128, -127, 127))
        .withMessage("zero point 0 is -128, expected a code in [-127, 127]");
  }

  private static AffineQuantizer perTensor(float scale, int zeroPoint, int quantMin, int quantMax) {
    return AffineQuantizer.of(
        QuantizationParameters.perTensor(scale, zeroPoint), quantMin, quantMax);
  }

  private static AffineQuantizer perAxis(int axis, float... scales) {
    return AffineQuantizer.of(
        QuantizationParameters.perAxis(axis, scales, new int[scales.length]), -128, 127);
  }

  private static byte[] quantize(float scale, int zeroPoint, float... values) {
    return quantizeFrom(-128, scale, zeroPoint, values);
  }

  private static byte[] quantizeFrom(int quantMin, float scale, int zeroPoint, float... values) {
    byte[] codes = new byte[values.length];
    perTensor(scale, zeroPoint, quantMin, 127)
        .quantize(FloatBuffer.wrap(values), Shape.of(values.length), ByteBuffer.wrap(codes));
    return codes;
  }
}
