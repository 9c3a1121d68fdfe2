/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.Target;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scales, zero points and axes that no tool should write, in every combination chance finds. */
class OddParametersTest {
  private static final List<RepairPass> PASSES =
      List.of(
          new ReplaceInvalidScales(),
          new AlignScaleTypes(),
          new CorrectAxes(),
          new AlignParameterShapes(),
          new JoinActivationScales(),
          new ConvertBiases(),
          new FoldQuantizedGemmFactors(),
          new WriteBiases());
  private static final int CASES = 500;
  private static final ElementType[] SCALE_TYPES = {
    ElementType.FLOAT,
    ElementType.FLOAT16,
    ElementType.BFLOAT16,
    ElementType.DOUBLE,
    ElementType.INT32
  };
  private static final float[] SCALES = {
    0.01f, 0.02f, 0, -0.03f, Float.MIN_VALUE, Float.NaN, 1e30f
  };

  @ParameterizedTest
  @EnumSource(Target.class)
  void run_anyParameters_neverThrowsAndChangesNothingTheSecondTime(Target target) {
    RepairOptions options = RepairOptions.defaults().withTarget(target);
    int fit = 0;
    for (int seed = 0; seed < CASES; seed++) {
      OnnxModel model = new Odd(seed).model();
      RepairContext context = new RepairContext(model, options);
      PASSES.forEach(pass -> pass.run(context));
      boolean isUnfit =
          context.findings().stream()
              .anyMatch(found -> found.isRefused() && found.defect().severity() == Severity.ERROR);
      if (isUnfit) {
        continue; // no such model is handed out
      }
      fit++;
      byte[] once = model.toByteArray();
      for (RepairPass pass : PASSES) {
        RepairContext second = new RepairContext(model, options);
        boolean isChanged = pass.run(second);
        assertThat(isChanged).as("seed %s: %s", seed, second.findings()).isFalse();
      }
      assertThat(model.toByteArray()).as("seed %s", seed).isEqualTo(once);
    }
    assertThat(fit).isGreaterThan(CASES / 20);
  }

  /** One small graph of a Conv, ConvTranspose, Gemm or MatMul with parameters drawn at random. */
  private static final class Odd {
    private final SplittableRandom random;
    private final ModelBuilder builder = ModelBuilder.create();

    Odd(long seed) {
      random = new SplittableRandom(seed);
    }

    OnnxModel model() {
      builder.opset(pick(9L, 12L, 13L, 17L, 19L, 21L, 23L));
      builder.input("x", 1, 3, 4, 4);
      builder.add("Cast", "c", List.of("x"), ModelBuilder.integer("to", pick(1, 10, 11, 16)));
      node("QuantizeLinear", "q", pick("x", "c"));
      node("DequantizeLinear", "p", "q");
      constant("w.codes", pick(ElementType.INT8, ElementType.UINT8, ElementType.FLOAT), 3, 3, 1, 1);
      boolean isPair = random.nextInt(3) == 0;
      if (isPair) {
        node("QuantizeLinear", "w.q", "w.codes");
      }
      node("DequantizeLinear", "w", isPair ? "w.q" : "w.codes");
      constant("b.codes", pick(ElementType.INT32, ElementType.INT8), 3);
      node("DequantizeLinear", "b", "b.codes");
      constant("f", ElementType.FLOAT, 3);
      String operator = pick("Conv", "ConvTranspose", "Gemm", "MatMul", "Relu");
      List<String> inputs = Stream.of("p", "w", pick("b", "f", "")).toList();
      builder.add(
          operator,
          "y",
          operator.equals("Relu") ? List.of("w") : inputs,
          ModelBuilder.real("alpha", pick(1f, 0.5f, -2f, 0f)),
          ModelBuilder.real("beta", pick(1f, 3f)));
      constant("late", ElementType.FLOAT, pick(1L, 3L), 1, 1);
      builder.sum("z", pick("y", "late"), pick("late", "b"));
      return builder.output("z").output(pick("y", "p")).build();
    }

    /** Two nodes of three are as they should be, so that some models can be mended. */
    private void node(String opType, String name, String input) {
      boolean isPlain = random.nextInt(3) > 0;
      int count = pick(1, 3, 2);
      long[] scale =
          isPlain
              ? new long[] {}
              : pick(new long[] {count}, new long[] {}, new long[] {1, count}, new long[] {3, 3});
      constant(name + ".s", isPlain ? ElementType.FLOAT : pick(SCALE_TYPES), scale);
      ElementType zeroType = name.equals("b") ? ElementType.INT32 : ElementType.INT8;
      constant(
          name + ".z",
          isPlain ? zeroType : pick(ElementType.INT8, ElementType.UINT8, ElementType.INT32),
          isPlain ? scale : pick(scale, new long[] {}, new long[] {1}, new long[] {4}));
      List<String> inputs =
          random.nextInt(4) == 0
              ? List.of(input, name + ".s")
              : List.of(input, name + ".s", name + ".z");
      if (isPlain || random.nextBoolean()) {
        builder.add(opType, name, inputs);
      } else {
        builder.add(opType, name, inputs, ModelBuilder.integer("axis", random.nextInt(-5, 5)));
      }
    }

    private void constant(String name, ElementType type, long... shape) {
      Shape dimensions = Shape.of(shape);
      int count = (int) dimensions.elementCount();
      ByteBuffer bytes =
          ByteBuffer.allocate(count * type.bitWidth() / 8).order(ByteOrder.LITTLE_ENDIAN);
      boolean isOdd = random.nextInt(12) == 0;
      for (int i = 0; i < count; i++) {
        float scale = isOdd ? SCALES[random.nextInt(SCALES.length)] : 0.01f * (i + 1);
        switch (type) {
          case FLOAT -> bytes.putFloat(scale);
          case DOUBLE -> bytes.putDouble(scale);
          case INT32 -> bytes.putInt(isOdd ? random.nextInt() : 0);
          case FLOAT16, BFLOAT16 -> bytes.putShort((short) (isOdd ? random.nextInt() : 0x3000 + i));
          default -> bytes.put((byte) (isOdd ? random.nextInt() : 0));
        }
      }
      builder.constant(name, Tensor.of(type, dimensions, bytes.flip()));
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
      return choices[random.nextInt(choices.length)];
    }
  }
}
