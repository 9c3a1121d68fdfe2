/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BatchNormalization behind ConvTranspose, Gemm and MatMul. */
class FoldBatchNormalizationOfProductsTest {
  private static final double TOLERANCE = 2e-6;
  private static final Map<String, Tensor> PLANE =
      Map.of("x", ModelBuilder.random(1, 1, 2, 4, 5, 5));
  private static final Map<String, Tensor> ROWS = Map.of("x", ModelBuilder.random(2, 1, 3, 8));

  private final FoldBatchNormalization pass = new FoldBatchNormalization();

  @ParameterizedTest
  @CsvSource({"1, true", "1, false", "2, true", "2, false", "4, true"})
  void run_transposedConvolution_keepsTheFunction(int groups, boolean hasBias) {
    ModelBuilder builder = ModelBuilder.create();
    List<String> inputs = new ArrayList<>(List.of(builder.input("x", "n", 4, 5, 5)));
    inputs.add(builder.weight("W", 4, 3, 2, 3));
    if (hasBias) {
      inputs.add(builder.weight("b", 3L * groups));
    }
    builder.add(
        "ConvTranspose",
        "t",
        inputs,
        ModelBuilder.integer("group", groups),
        ModelBuilder.integers("strides", 2, 2));
    OnnxModel model = builder.output(builder.batchNormalization("bn", "t", 3 * groups)).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, PLANE, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("ConvTranspose");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"0; ''", "1; ''", "0; 6", "1; 6", "0; 1 6", "1; 1", "0; 3 6", "1; 3 1", "1; 1 1"})
  void run_gemm_keepsTheFunction(long transposed, String biasShape) {
    OnnxModel model = gemm(transposed, shape(biasShape)).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROWS, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("Gemm");
  }

  @Test
  void run_gemmWithScalarBias_keepsTheFunction() {
    ModelBuilder builder = gemm(1, new long[] {1});
    builder.constant("c", Tensor.ofFloats(Shape.of(), 0.5f));
    builder.graph().getNodeBuilder(0).setInput(2, "c");
    OnnxModel model = builder.build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROWS, TOLERANCE);
  }

  @Test
  void run_gemmWithFactorAlpha_keepsTheFunction() {
    OnnxModel model = gemm(1, new long[] {6}, ModelBuilder.real("alpha", 0.5f)).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROWS, TOLERANCE);
  }

  @Test
  void run_gemmWithFactorBeta_isLeftAlone() {
    OnnxModel model = gemm(1, new long[] {6}, ModelBuilder.real("beta", 2)).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_gemmWithComputedBias_isLeftAlone() {
    ModelBuilder builder = gemm(1, new long[] {6});
    builder.input("c", 6);
    builder.graph().getNodeBuilder(0).setInput(2, "c");

    assertThat(pass.run(builder.build())).isFalse();
  }

  @Test
  void run_gemmReadTwice_isLeftAlone() {
    ModelBuilder builder = gemm(1, new long[] {6});

    assertThat(pass.run(builder.output(builder.relu("r", "g")).build())).isFalse();
  }

  @Test
  void run_gemmReadByABody_isLeftAlone() {
    ModelBuilder builder = gemm(1, new long[] {6});

    assertThat(pass.run(builder.output(Bodies.choice(builder, "z", "g")).build())).isFalse();
  }

  @Test
  void run_weightReadByABody_staysAsItIsForTheBody() {
    ModelBuilder builder = gemm(1, new long[] {6});
    OnnxModel model = builder.output(Bodies.choice(builder, "z", "B")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROWS, TOLERANCE);

    assertThat(model.graph().value("B_folded")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void run_matMulOfTwoMatrices_leavesAnAdd(int normalizations) {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 8);
    String y = builder.add("MatMul", "m", List.of(x, builder.weight("B", 8, 6)));
    for (int i = 0; i < normalizations; i++) {
      y = builder.batchNormalization("bn" + i, y, 6);
    }
    OnnxModel model = builder.output(y).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROWS, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("MatMul", "Add");
    assertThat(model.graph().value("B_bias").flatMap(Value::constantShape)).hasValue(Shape.of(6));
  }

  @Test
  void run_matMulOfThreeAxes_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 6, 8);
    builder.add("MatMul", "m", List.of(x, builder.weight("B", 8, 6)));

    assertThat(pass.run(builder.output(builder.batchNormalization("bn", "m", 6)).build()))
        .isFalse();
  }

  @Test
  void run_matMulOfUnknownRank_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    builder.graph().addInput(ModelBuilder.floatValue("x"));
    builder.add("MatMul", "m", List.of("x", builder.weight("B", 8, 6)));

    assertThat(pass.run(builder.output(builder.batchNormalization("bn", "m", 6)).build()))
        .isFalse();
  }

  @Test
  void run_varianceThatGivesNoFiniteFactor_isLeftAlone() {
    ModelBuilder builder = gemm(1, new long[] {6}, ModelBuilder.real("alpha", 1));
    builder.constant("v", Tensor.ofFloats(Shape.of(6), 1, 1, -1, 1, 1, 1));
    builder.graph().getNodeBuilder(1).setInput(4, "v");

    assertThat(pass.run(builder.build())).isFalse();
  }

  private static ModelBuilder gemm(
      long transposed, long[] biasShape, AttributeProto... attributes) {
    ModelBuilder builder = ModelBuilder.create();
    List<String> inputs = new ArrayList<>(List.of(builder.input("x", 3, 8)));
    inputs.add(transposed == 1 ? builder.weight("B", 6, 8) : builder.weight("B", 8, 6));
    if (biasShape.length > 0) {
      inputs.add(builder.weight("C", biasShape));
    }
    List<AttributeProto> all = new ArrayList<>(List.of(attributes));
    all.add(ModelBuilder.integer("transB", transposed));
    builder.add("Gemm", "g", inputs, all.toArray(AttributeProto[]::new));
    return builder.output(builder.batchNormalization("bn", "g", 6));
  }

  private static long[] shape(String text) {
    return text.isEmpty()
        ? new long[0]
        : List.of(text.split(" ", -1)).stream().mapToLong(Long::parseLong).toArray();
  }
}
