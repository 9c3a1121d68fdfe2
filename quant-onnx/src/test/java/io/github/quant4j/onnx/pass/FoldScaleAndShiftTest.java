/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FoldScaleAndShiftTest {
  private static final double TOLERANCE = 2e-6;
  private static final Map<String, Tensor> PLANE =
      Map.of("x", ModelBuilder.random(1, 1, 2, 4, 5, 5));
  private static final Map<String, Tensor> ROWS = Map.of("x", ModelBuilder.random(2, 1, 3, 8));

  private final FoldScaleAndShift pass = new FoldScaleAndShift();

  @ParameterizedTest
  @CsvSource({
    "Add, true, 1 6 1 1",
    "Add, false, 6 1 1",
    "Sub, true, 6 1 1",
    "Sub, false, 1 6 1 1",
    "Mul, true, 1",
    "Mul, false, 1 6 1 1",
    "Div, true, 6 1 1",
    "Div, true, 1 1 1 1",
  })
  void run_arithmeticAfterConvolution_keepsTheFunction(
      String opType, boolean isConstantSecond, String shape) {
    ModelBuilder builder = convolution(6);
    builder.constant("k", positive(shape));
    builder.add(opType, "y", isConstantSecond ? List.of("c", "k") : List.of("k", "c"));
    OnnxModel model = builder.output("y").build();

    PassEffect.assertKeepsTheFunction(pass::run, model, PLANE, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("Conv");
    assertThat(model.graph().value("c")).isEmpty();
  }

  @Test
  void run_scalarWithoutAxes_keepsTheFunction() {
    ModelBuilder builder = convolution(6);
    builder.constant("k", Tensor.ofFloats(Shape.of(), 1.5f));
    OnnxModel model = builder.output(builder.add("Mul", "y", List.of("c", "k"))).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, PLANE, TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"Mul, 6", "Add, 1 6", "Sub, 1", "Div, 1 1"})
  void run_arithmeticAfterGemm_keepsTheFunction(String opType, String shape) {
    ModelBuilder builder = ModelBuilder.create();
    builder.gemm("g", builder.input("x", "n", 8), 8, 6);
    builder.constant("k", positive(shape));
    OnnxModel model = builder.output(builder.add(opType, "y", List.of("g", "k"))).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROWS, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("Gemm");
  }

  @Test
  void run_arithmeticAfterGroupedTransposedConvolution_keepsTheFunction() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.weight("W", 4, 3, 2, 2);
    builder.add("ConvTranspose", "t", List.of(x, "W"), ModelBuilder.integer("group", 2));
    builder.constant("k", positive("6 1 1"));
    OnnxModel model = builder.output(builder.add("Mul", "y", List.of("t", "k"))).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, PLANE, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("ConvTranspose");
  }

  @Test
  void run_chainWithNormalizations_isFoldedWhole() {
    ModelBuilder builder = convolution(6);
    builder.constant("k", positive("6 1 1"));
    builder.add("Mul", "m", List.of("c", "k"));
    builder.batchNormalization("bn1", "m", 6);
    builder.add("Sub", "s", List.of("k", "bn1"));
    builder.add("Div", "d", List.of("s", "k"));
    builder.batchNormalization("bn2", "d", 6);
    OnnxModel model = builder.output(builder.add("Add", "y", List.of("bn2", "k"))).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, PLANE, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("Conv");
  }

  @Test
  void run_chainOfExtremeFactors_isRoundedOnce() {
    ModelBuilder builder = convolution(1);
    builder.constant("tiny", Tensor.ofFloats(Shape.of(), 1e-38f));
    builder.constant("huge", Tensor.ofFloats(Shape.of(), 1e38f));
    builder.add("Mul", "m", List.of("c", "tiny"));
    OnnxModel model = builder.output(builder.add("Mul", "y", List.of("m", "huge"))).build();
    float before = firstWeight(model);

    pass.run(model);

    // In float32 the weight between the two would have lost most of its bits.
    assertThat(firstWeight(model)).isEqualTo((float) (before * ((double) 1e-38f * 1e38f)));
  }

  @Test
  void run_factorWithoutShift_addsNoBias() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.weight("c.W", 6, 4, 3, 3);
    builder.convOf("c", x, "c.W");
    builder.constant("k", positive("6 1 1"));
    OnnxModel model = builder.output(builder.add("Mul", "y", List.of("c", "k"))).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, PLANE, TOLERANCE);

    assertThat(model.graph().nodes().get(0).input(2)).isEmpty();
  }

  @Test
  void run_shiftWithoutFactor_keepsTheWeight() {
    ModelBuilder builder = convolution(6);
    builder.constant("k", positive("6 1 1"));
    OnnxModel model = builder.output(builder.add("Add", "y", List.of("c", "k"))).build();
    Tensor weight = model.graph().value("c.W").flatMap(Value::constant).orElseThrow();

    pass.run(model);

    assertThat(model.graph().value("c.W").flatMap(Value::constant)).containsSame(weight);
  }

  @Test
  void run_initializerListedAsInput_countsAsConstant() {
    ModelBuilder builder = convolution(6).irVersion(3).opset(8);
    builder.constant("k", positive("6 1 1"));
    builder.input("k", 6, 1, 1);
    builder.input("c.W", 6, 4, 3, 3);
    builder.input("c.b", 6);
    OnnxModel model = builder.output(builder.add("Mul", "y", List.of("c", "k"))).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, PLANE, TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5 5", "1 1 5", "6 5 1", "2 6 1 1", "1 1 6 1 1", "2 1 1 1"})
  void run_constantThatIsNotPerChannel_isLeftAlone(String shape) {
    ModelBuilder builder = convolution(6);
    builder.constant("k", positive(shape));

    assertThat(pass.run(builder.output(builder.add("Mul", "y", List.of("c", "k"))).build()))
        .isFalse();
  }

  @Test
  void run_constantThatBroadcastsTheChannels_isLeftAlone() {
    ModelBuilder builder = convolution(1);
    builder.constant("k", positive("6 1 1"));

    assertThat(pass.run(builder.output(builder.add("Mul", "y", List.of("c", "k"))).build()))
        .isFalse();
  }

  @Test
  void run_constantDividedByTheOutput_isLeftAlone() {
    ModelBuilder builder = convolution(6);
    builder.constant("k", positive("6 1 1"));

    assertThat(pass.run(builder.output(builder.add("Div", "y", List.of("k", "c"))).build()))
        .isFalse();
  }

  @Test
  void run_divisionByZero_isLeftAlone() {
    ModelBuilder builder = convolution(6);
    builder.constant("k", Tensor.ofFloats(Shape.of(), 0));

    assertThat(pass.run(builder.output(builder.add("Div", "y", List.of("c", "k"))).build()))
        .isFalse();
  }

  @Test
  void run_productWithItself_isLeftAlone() {
    ModelBuilder builder = convolution(6);

    assertThat(pass.run(builder.output(builder.add("Mul", "y", List.of("c", "c"))).build()))
        .isFalse();
  }

  @Test
  void run_computedOperand_isLeftAlone() {
    ModelBuilder builder = convolution(6);
    String k = builder.input("k", 6, 1, 1);

    assertThat(pass.run(builder.output(builder.add("Mul", "y", List.of("c", k))).build()))
        .isFalse();
  }

  @Test
  void run_outputWithAnotherReader_isLeftAlone() {
    ModelBuilder builder = scaledConvolution();

    assertThat(pass.run(builder.output(builder.relu("r", "c")).build())).isFalse();
  }

  @Test
  void run_outputOfTheGraph_isLeftAlone() {
    assertThat(pass.run(scaledConvolution().output("c").build())).isFalse();
  }

  @Test
  void run_outputReadByABody_isLeftAlone() {
    ModelBuilder builder = scaledConvolution();

    assertThat(pass.run(builder.output(Bodies.choice(builder, "z", "c")).build())).isFalse();
  }

  @Test
  void run_matMulAndAdd_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 8);
    builder.add("MatMul", "m", List.of(x, builder.weight("B", 8, 6)));
    builder.constant("k", positive("6"));

    assertThat(pass.run(builder.output(builder.sum("y", "m", "k")).build())).isFalse();
  }

  @Test
  void run_matMulAddAndNormalization_leavesOneAdd() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 8);
    builder.add("MatMul", "m", List.of(x, builder.weight("B", 8, 6)));
    builder.constant("k", positive("6"));
    builder.sum("a", "k", "m");
    OnnxModel model = builder.output(builder.batchNormalization("y", "a", 6)).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROWS, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("MatMul", "Add");
  }

  private static float firstWeight(OnnxModel model) {
    return model.graph().value("c.W").flatMap(Value::constant).orElseThrow().floats().get(0);
  }

  private static ModelBuilder scaledConvolution() {
    ModelBuilder builder = convolution(6);
    builder.constant("k", positive("6 1 1"));
    return builder.output(builder.add("Mul", "y", List.of("c", "k")));
  }

  private static ModelBuilder convolution(int channels) {
    ModelBuilder builder = ModelBuilder.create();
    builder.conv("c", builder.input("x", "n", 4, 5, 5), 4, channels, 3);
    return builder;
  }

  /** Returns numbers in [0.5, 1.5). */
  private static Tensor positive(String shape) {
    Shape parsed =
        Shape.of(List.of(shape.split(" ", -1)).stream().mapToLong(Long::parseLong).toArray());
    float[] values = new float[Math.toIntExact(parsed.elementCount())];
    ModelBuilder.random(7, 0.5, parsed.toArray()).floats().get(values);
    for (int i = 0; i < values.length; i++) {
      values[i] += 1;
    }
    return Tensor.ofFloats(parsed, values);
  }
}
