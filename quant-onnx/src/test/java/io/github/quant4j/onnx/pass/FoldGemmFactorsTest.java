/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoldGemmFactorsTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 3, 4);

  private final FoldGemmFactors pass = new FoldGemmFactors();

  @ParameterizedTest
  @CsvSource({
    "0.5, 2, 0, '5'",
    "0.5, 2, 1, '5'",
    "0.5, 1, 1, '1,5'",
    "1, 2, 1, '1'",
    "-3, 0, 0, '3,5'"
  })
  void run_factorsOnConstants_keepsTheFunction(
      float alpha, float beta, long transB, String biasShape) {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4);
    builder.weight("B", transB == 0 ? new long[] {4, 5} : new long[] {5, 4});
    builder.weight(
        "C", List.of(biasShape.split(",")).stream().mapToLong(Long::parseLong).toArray());
    gemm(builder, List.of(x, "B", "C"), alpha, beta, transB);
    OnnxModel model = builder.output("y").build();
    float[] expected = OnnxRuntimeOracle.run(model, INPUT);

    boolean modified = pass.run(model);

    Node gemm = model.graph().nodes().get(0);
    assertThat(modified).isTrue();
    assertThat(gemm.real("alpha", 1)).isOne();
    assertThat(gemm.real("beta", 1)).isOne();
    assertThat(gemm.integer("transB", 0)).isEqualTo(transB);
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).containsExactly(expected, Offset.offset(1e-6f));
  }

  @Test
  void run_betaWithoutBias_isDropped() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4);
    builder.weight("B", 4, 5);
    gemm(builder, List.of(x, "B"), 1, 7, 0);
    OnnxModel model = builder.output("y").build();

    assertThat(pass.run(model)).isTrue();
    assertThat(model.graph().nodes().get(0).hasAttribute("beta")).isFalse();
  }

  @Test
  void run_computedMatrix_keepsAlpha() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4);
    String b = builder.input("b", 4, 5);
    gemm(builder, List.of(x, b), 2, 1, 0);
    OnnxModel model = builder.output("y").build();

    assertThat(pass.run(model)).isFalse();
    assertThat(model.graph().nodes().get(0).real("alpha", 1)).isEqualTo(2);
  }

  @Test
  void run_matrixReadByAnother_isLeftForTheOther() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4);
    builder.weight("B", 4, 5);
    gemm(builder, List.of(x, "B"), 2, 1, 0);
    builder.add("MatMul", "z", List.of(x, "B"));
    OnnxModel model = builder.output("y").output("z").build();
    Tensor before = model.graph().value("B").flatMap(Value::constant).orElseThrow();

    pass.run(model);

    assertThat(model.graph().value("B").flatMap(Value::constant).orElseThrow().bytes())
        .isEqualTo(before.bytes());
    assertThat(model.graph().nodes().get(0).requiredInput(1).name()).isEqualTo("B_folded");
  }

  @Test
  void run_secondTime_changesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4);
    builder.weight("B", 4, 5);
    gemm(builder, List.of(x, "B"), 2, 3, 0);
    OnnxModel model = builder.output("y").build();
    pass.run(model);

    assertThat(pass.run(model)).isFalse();
  }

  private static void gemm(
      ModelBuilder builder, List<String> inputs, float alpha, float beta, long transB) {
    builder.add(
        "Gemm",
        "y",
        inputs,
        ModelBuilder.real("alpha", alpha),
        ModelBuilder.real("beta", beta),
        ModelBuilder.integer("transB", transB));
  }
}
