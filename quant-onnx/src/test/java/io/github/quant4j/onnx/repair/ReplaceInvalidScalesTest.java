/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.qdq.ConstantDequantization;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplaceInvalidScalesTest {
  private static final Tensor X = ModelBuilder.random(25, 1, 1, 2, 3, 3);

  @Test
  void run_zeroOnAChannelOfAWeight_takesTheSmallestScaleOfTheTensorAndCodesOfZeros() {
    OnnxModel model = convolution(new byte[] {5, -6, 7, 8, 90, 10}, 0.02f, 0f, 0.005f);
    float[] before = OnnxRuntimeOracle.run(model, X);

    List<Finding> findings = Repairs.runTwice(new ReplaceInvalidScales(), model);

    assertThat(findings)
        .singleElement()
        .hasToString(
            "R25 error at node \"w\", tensor \"w.codes\": scale 0.0 of channel 1; "
                + "scale 0.0 -> 0.005 with codes of zeros");
    assertThat(weight(model))
        .containsExactly(5 * 0.02f, -6 * 0.02f, 0f, 0f, 90 * 0.005f, 10 * 0.005f);
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before);
  }

  @Test
  void run_onlyZeros_takesOne() {
    OnnxModel model = convolution(new byte[6], 0f, 0f, -0f);

    Repairs.runTwice(new ReplaceInvalidScales(), model);

    assertThat(scale(model, "w")).containsExactly(1f, 1f, 1f);
  }

  @Test
  void run_negativeScale_turnsTheSignsOfTheCodes() {
    OnnxModel model = convolution(new byte[] {5, -6, 7, 127, 90, 10}, 0.02f, -0.25f, 0.005f);
    float[] before = weight(model);

    List<Finding> findings = Repairs.runTwice(new ReplaceInvalidScales(), model);

    assertThat(weight(model)).containsExactly(before);
    assertThat(scale(model, "w")).containsExactly(0.02f, 0.25f, 0.005f);
    assertThat(findings.get(0).remedy().text())
        .isEqualTo("scale -0.25 -> 0.25 with codes of the other sign");
  }

  @Test
  void run_negativeScaleOfTheLowestCode_quantizesTheChannelAnew() {
    OnnxModel model = convolution(new byte[] {5, -6, -128, 77, 90, 10}, 0.02f, -0.25f, 0.005f);
    float[] before = weight(model);

    Repairs.runTwice(new ReplaceInvalidScales(), model);

    float scale = 0.25f * 128 / 127;
    assertThat(scale(model, "w")).containsExactly(0.02f, scale, 0.005f);
    float[] after = weight(model);
    for (int i = 0; i < after.length; i++) {
      assertThat(Math.abs(after[i] - before[i])).isLessThanOrEqualTo(i / 2 == 1 ? scale / 2 : 0);
    }
    assertThat(after[2]).isEqualTo(32f); // -128 * -0.25
  }

  @Test
  void run_zeroOnAnActivation_takesOneAndSaysThatItCarriedNothing() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 3, 3);
    OnnxModel model =
        graph.build(graph.int8Conv("y", graph.pair("p", "x", 0, ElementType.INT8, 0), 2, 3, 1));

    List<Finding> findings = Repairs.runTwice(new ReplaceInvalidScales(), model);

    assertThat(scale(model, "p.q")).containsExactly(1f);
    assertThat(scale(model, "p")).containsExactly(1f);
    assertThat(findings)
        .singleElement()
        .extracting(Finding::site)
        .hasToString("node \"p.q\", tensor \"x\"");
    assertThat(findings.get(0).remedy().text()).contains("carried nothing but zeros");
    Tensor zeros = Tensor.ofFloats(Shape.of(1, 2, 3, 3), new float[18]);
    assertThat(OnnxRuntimeOracle.run(model, zeros)).containsOnly(0f);
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY})
  void run_activationWithoutATellingScale_isRefused(float scale) {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 3, 3);
    OnnxModel model =
        graph.build(graph.int8Conv("y", graph.pair("p", "x", scale, ElementType.INT8, 0), 2, 3, 1));

    assertThat(Repairs.runTwice(new ReplaceInvalidScales(), model))
        .singleElement()
        .matches(Finding::isRefused)
        .extracting(Finding::found)
        .isEqualTo("scale " + scale);
  }

  @Test
  void run_weightWithNanBesideGoodScales_isRefused() {
    OnnxModel model = convolution(new byte[6], 0.02f, Float.NaN, 0.005f);

    assertThat(Repairs.runTwice(new ReplaceInvalidScales(), model))
        .singleElement()
        .extracting(finding -> finding.remedy().outcome())
        .isEqualTo(Outcome.REFUSED);
  }

  @Test
  void run_scaleZeroOnAFloatConstantThatIsNotZero_isRefused() {
    OnnxModel model = quantizedConstant(ModelBuilder.random(1, 1, 3, 2, 1, 1));

    Repairs.assertRefused(new ReplaceInvalidScales(), model);
  }

  @Test
  void run_scaleZeroOnAFloatConstantOfZeros_takesOne() {
    OnnxModel model = quantizedConstant(Tensor.ofFloats(Shape.of(3, 2, 1, 1), new float[6]));

    Repairs.runTwice(new ReplaceInvalidScales(), model);

    assertThat(scale(model, "w.q")).containsExactly(1f);
    assertThat(scale(model, "w")).containsExactly(1f);
  }

  @Test
  void run_subnormalScales_changesNothing() {
    OnnxModel model = convolution(new byte[6], 0.02f, Float.MIN_VALUE, 0.005f);

    assertThat(Repairs.runTwice(new ReplaceInvalidScales(), model)).isEmpty();
  }

  private static OnnxModel convolution(byte[] codes, float... scales) {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 3, 3);
    String weight =
        graph.weight(
            "w",
            0,
            Tensor.ofBytes(ElementType.INT8, Shape.of(3, 2, 1, 1), codes),
            Tensor.ofFloats(Shape.of(3), scales));
    return graph.build(graph.conv("y", 1, graph.pair("p", "x", 0.01f), weight));
  }

  private static OnnxModel quantizedConstant(Tensor weight) {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 3, 3);
    graph.builder().constant("w.float", weight);
    String pair = graph.pair("w", "w.float", 0);
    return graph.build(graph.conv("y", 1, graph.pair("p", "x", 0.01f), pair));
  }

  private static float[] scale(OnnxModel model, String node) {
    return ScaleValues.of(Repairs.quantizer(model, node).scale().orElseThrow()).orElseThrow();
  }

  private static float[] weight(OnnxModel model) {
    Quantizer weight = Repairs.quantizer(model, "w");
    Tensor floats =
        ConstantDequantization.of(
                weight.data().constant().orElseThrow(),
                weight.scale().orElseThrow(),
                Optional.empty(),
                0)
            .orElseThrow();
    return ScaleValues.of(floats).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void run_negativeScaleOfUnsignedCodes_turnsThemAboutTheirZeroPoint(int zeroPoints) {
    OnnxModel model = unsigned(zeroPoints, 5, 250, 130, 60, 90, 10);

    Repairs.runTwice(new ReplaceInvalidScales(), model);

    assertThat(codes(model)).containsExactly(5, 250, 70, 140, 90, 10);
    assertThat(scale(model, "w")).containsExactly(0.02f, 0.25f, 0.005f);
  }

  /** 155 steps above the zero point have no codes below it, where there are 100. */
  @Test
  void run_negativeScaleOfHighUnsignedCodes_quantizesTheChannelAnew() {
    OnnxModel model = unsigned(3, 5, 250, 255, 100, 90, 10);

    Repairs.runTwice(new ReplaceInvalidScales(), model);

    assertThat(codes(model)).containsExactly(5, 250, 0, 100, 90, 10);
    assertThat(scale(model, "w")).containsExactly(0.02f, 0.3875f, 0.005f); // 0.25 * 155 / 100
  }

  @Test
  void run_zeroPointsThatDoNotFitTheScales_areRefused() {
    OnnxModel model = unsigned(2, 5, 250, 130, 60, 90, 10);

    assertThat(Repairs.runTwice(new ReplaceInvalidScales(), model))
        .singleElement()
        .matches(Finding::isRefused);
  }

  /** Codes of three channels, the second of a negative scale, with zero points of 100. */
  private static OnnxModel unsigned(int zeroPoints, int... codes) {
    QdqGraph graph = new QdqGraph();
    byte[] bytes = new byte[codes.length];
    for (int i = 0; i < codes.length; i++) {
      bytes[i] = (byte) codes[i];
    }
    byte[] zeros = new byte[zeroPoints];
    Arrays.fill(zeros, (byte) 100);
    Shape shape = zeroPoints == 1 ? Shape.of() : Shape.of(zeroPoints);
    ModelBuilder builder = graph.builder();
    builder.constant("w.codes", Tensor.ofBytes(ElementType.UINT8, Shape.of(3, 2), bytes));
    builder.constant("w.scale", Tensor.ofFloats(Shape.of(3), 0.02f, -0.25f, 0.005f));
    builder.constant("w.zp", Tensor.ofBytes(ElementType.UINT8, shape, zeros));
    List<String> inputs = List.of("w.codes", "w.scale", "w.zp");
    return graph.build(
        builder.add("DequantizeLinear", "w", inputs, ModelBuilder.integer("axis", 0)));
  }

  private static List<Integer> codes(OnnxModel model) {
    ByteBuffer bytes = Repairs.node(model, "w").requiredInput(0).constant().orElseThrow().bytes();
    List<Integer> codes = new ArrayList<>();
    while (bytes.hasRemaining()) {
      codes.add(Byte.toUnsignedInt(bytes.get()));
    }
    return codes;
  }
}
