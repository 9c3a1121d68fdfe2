/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldQuantizedGemmFactorsTest {
  private static final Tensor X = ModelBuilder.random(19, 1, 2, 4);

  @ParameterizedTest
  @ValueSource(floats = {0.37f, 3.1f, -1f, -0.7f})
  void run_alphaAndBeta_arePartOfTheConstants(float alpha) {
    OnnxModel model = gemm(alpha, -0.25f, (byte) -127);
    float[] before = OnnxRuntimeOracle.run(model, X);

    List<Finding> findings = Repairs.runTwice(new FoldQuantizedGemmFactors(), model);

    assertThat(findings).extracting(Finding::found).containsExactly("alpha " + alpha, "beta -0.25");
    assertThat(Repairs.node(model, "y").hasAttribute("alpha")).isFalse();
    assertThat(Repairs.node(model, "y").hasAttribute("beta")).isFalse();
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before, within(2e-6f));
  }

  @Test
  void run_negativeAlphaWithTheLowestCode_quantizesTheChannelAnew() {
    OnnxModel model = gemm(-1, 1, (byte) -128);
    float[] before = OnnxRuntimeOracle.run(model, X);

    Repairs.runTwice(new FoldQuantizedGemmFactors(), model);

    Quantizer weight = Repairs.quantizer(model, "w");
    float[] scales = ScaleValues.of(weight.scale().orElseThrow()).orElseThrow();
    assertThat(scales).containsExactly(0.01f * 128 / 127, 0.02f, 0.03f);
    double bound = 4 * 1.28 * scales[0] / 2; // four products with inputs of at most 1.28
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before, within((float) bound));
  }

  @Test
  void run_weightAndBiasOfTwoReaders_stayForTheOther() {
    QdqGraph graph = graph((byte) 5);
    graph
        .builder()
        .add("Gemm", "y", List.of("p", "w", "c"), ModelBuilder.real("alpha", -2), beta(3));
    graph.builder().add("Gemm", "v", List.of("p", "w", "c"));
    OnnxModel model = graph.build("y", "v");
    List<Tensor> before = List.copyOf(OnnxRuntimeOracle.run(model, Map.of("x", X)).values());

    Repairs.runTwice(new FoldQuantizedGemmFactors(), model);

    List<Tensor> after = List.copyOf(OnnxRuntimeOracle.run(model, Map.of("x", X)).values());
    for (int i = 0; i < 2; i++) {
      assertThat(ScaleValues.of(after.get(i)).orElseThrow())
          .containsExactly(ScaleValues.of(before.get(i)).orElseThrow(), within(2e-6f));
    }
    assertThat(Repairs.node(model, "v").requiredInput(1).name()).isEqualTo("w");
  }

  @Test
  void run_betaWithoutBias_isDropped() {
    QdqGraph graph = graph((byte) 5);
    OnnxModel model = graph.build(graph.builder().add("Gemm", "y", List.of("p", "w"), beta(3)));

    assertThat(Repairs.runTwice(new FoldQuantizedGemmFactors(), model)).hasSize(1);
    assertThat(Repairs.node(model, "y").hasAttribute("beta")).isFalse();
  }

  @Test
  void run_computedBias_isRefused() {
    QdqGraph graph = graph((byte) 5);
    graph.builder().input("d", 3);
    OnnxModel model =
        graph.build(graph.builder().add("Gemm", "y", List.of("p", "w", "d"), beta(3)));

    Repairs.assertRefused(new FoldQuantizedGemmFactors(), model);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE})
  void run_alphaThatLeavesNoScale_isRefused(float alpha) {
    Repairs.assertRefused(new FoldQuantizedGemmFactors(), gemm(alpha, 1, (byte) 5));
  }

  @Test
  void run_factorsOfOne_changeNothing() {
    assertThat(Repairs.runTwice(new FoldQuantizedGemmFactors(), gemm(1, 1, (byte) 5))).isEmpty();
  }

  @Test
  void run_floatWeight_changesNothing() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 2, 4);
    graph.builder().weight("w", 4, 3);
    OnnxModel model = graph.build(graph.builder().add("Gemm", "y", List.of("x", "w"), beta(3)));

    assertThat(Repairs.runTwice(new FoldQuantizedGemmFactors(), model)).isEmpty();
  }

  private static OnnxModel gemm(float alpha, float beta, byte firstCode) {
    QdqGraph graph = graph(firstCode);
    return graph.build(
        graph
            .builder()
            .add(
                "Gemm",
                "y",
                List.of("p", "w", "c"),
                ModelBuilder.real("alpha", alpha),
                beta(beta)));
  }

  private static QdqGraph graph(byte firstCode) {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 2, 4);
    graph.pair("p", "x", 0.01f);
    byte[] codes = {firstCode, 2, 3, 44, 55, 66, -7, -80, 9, 10, -110, 127};
    graph.weight(
        "w",
        1,
        Tensor.ofBytes(ElementType.INT8, Shape.of(4, 3), codes),
        Tensor.ofFloats(Shape.of(3), 0.01f, 0.02f, 0.03f));
    graph.builder().constant("c", Tensor.ofFloats(Shape.of(3), 0.5f, -1.3f, 2f));
    return graph;
  }

  private static AttributeProto beta(float value) {
    return ModelBuilder.real("beta", value);
  }
}
