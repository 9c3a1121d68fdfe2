/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorrectAxesTest {
  private static final long NONE = Long.MIN_VALUE;

  @ParameterizedTest
  @ValueSource(longs = {NONE, 1, 7, -1})
  void run_convolution_takesAxis0(long stated) {
    OnnxModel model = convolution(stated, 17, 3);

    List<Finding> findings = Repairs.runTwice(new CorrectAxes(), model);

    assertThat(findings).singleElement().extracting(f -> f.remedy().text()).isEqualTo("axis 0");
    assertThat(axis(model)).isZero();
    Tensor x = ModelBuilder.random(24, 1, 1, 2, 4, 4);
    assertThat(OnnxRuntimeOracle.run(model, x))
        .containsExactly(OnnxRuntimeOracle.run(convolution(0, 17, 3), x));
  }

  @Test
  void run_missingAxisWhereBothLengthsFit_takesThatOfTheOperator() {
    OnnxModel model = convolution(NONE, 17, 2);

    Repairs.runTwice(new CorrectAxes(), model);

    assertThat(axis(model)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -4})
  void run_statedAxisThatFits_stays(long stated) {
    assertThat(Repairs.runTwice(new CorrectAxes(), convolution(stated, 17, 3))).isEmpty();
  }

  @Test
  void run_opset12_isLiftedTo13() {
    OnnxModel model = convolution(NONE, 12, 3);

    List<Finding> findings = Repairs.runTwice(new CorrectAxes(), model);

    assertThat(findings)
        .singleElement()
        .hasToString(
            "R24 error at node \"w\", tensor \"w.codes\": 3 scales for shape [3, 2, 1, 1] with no "
                + "axis at opset 12; axis 0 at opset 13");
    assertThat(model.opset()).isEqualTo(13);
    Tensor x = ModelBuilder.random(24, 1, 1, 2, 4, 4);
    assertThat(OnnxRuntimeOracle.run(model, x))
        .containsExactly(OnnxRuntimeOracle.run(convolution(0, 13, 3), x));
  }

  @Test
  void run_opsetThatCannotBeLifted_isRefused() {
    OnnxModel model = convolution(NONE, 5, 3);

    assertThat(Repairs.runTwice(new CorrectAxes(), model))
        .singleElement()
        .matches(Finding::isRefused)
        .extracting(finding -> finding.remedy().text())
        .asString()
        .contains("the lowest that can be lifted is 7");
  }

  @ParameterizedTest
  @CsvSource({
    "Gemm, 1, 3, 0",
    "Gemm, 0, 5, 1",
    "MatMul, 0, 5, 1",
  })
  void run_matrix_takesTheAxisOfTheOutputs(String operator, long transB, int scales, long axis) {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, transB == 0 ? 3 : 5);
    List<String> inputs = List.of(graph.pair("p", "x", 0.01f), weight(graph, NONE, scales, 3, 5));
    AttributeProto[] attributes =
        operator.equals("Gemm")
            ? new AttributeProto[] {ModelBuilder.integer("transB", transB)}
            : new AttributeProto[0];
    OnnxModel model = graph.build(graph.builder().add(operator, "y", inputs, attributes));

    Repairs.runTwice(new CorrectAxes(), model);

    assertThat(axis(model)).isEqualTo(axis);
  }

  @ParameterizedTest
  @CsvSource({"4, 1", "3, 0"})
  void run_transposedConvolution_takesAxis1WhereItFits(int scales, long axis) {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 3, 4, 4);
    List<String> inputs =
        List.of(graph.pair("p", "x", 0.01f), weight(graph, 2, scales, 3, 4, 2, 2));
    OnnxModel model = graph.build(graph.builder().add("ConvTranspose", "y", inputs));

    Repairs.runTwice(new CorrectAxes(), model);

    assertThat(axis(model)).isEqualTo(axis);
  }

  @Test
  void run_weightBehindTranspose_isFollowed() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 5);
    String turned =
        graph
            .builder()
            .add(
                "Transpose",
                "t",
                List.of(weight(graph, NONE, 3, 3, 5)),
                ModelBuilder.integers("perm", 1, 0));
    OnnxModel model =
        graph.build(
            graph.builder().add("MatMul", "y", List.of(graph.pair("p", "x", 0.01f), turned)));

    Repairs.runTwice(new CorrectAxes(), model);

    assertThat(axis(model)).isZero();
  }

  @Test
  void run_weightBehindReshape_isFollowed() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 4, 4);
    String weight = weight(graph, NONE, 3, 3, 2);
    String shaped =
        graph
            .builder()
            .add("Reshape", "r", List.of(weight, graph.builder().longs("s", 0, -1, 1, 1)));
    OnnxModel model = graph.build(graph.conv("y", 1, graph.pair("p", "x", 0.01f), shaped));

    Repairs.runTwice(new CorrectAxes(), model);

    assertThat(axis(model)).isZero();
  }

  @Test
  void run_biasOfOneDimension_takesAxis0() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 4, 4);
    graph.builder().constant("w.codes", Tensor.ofInts(Shape.of(3), 1, 2, 3));
    graph.builder().constant("w.scale", Tensor.ofFloats(Shape.of(3), 0.1f, 0.2f, 0.3f));
    String bias = graph.builder().add("DequantizeLinear", "w", List.of("w.codes", "w.scale"));
    OnnxModel model =
        graph.build(
            graph.conv(
                "y", 1, graph.pair("p", "x", 0.01f), graph.weight("v", 0, 3, 2, 1, 1), bias));

    Repairs.runTwice(new CorrectAxes(), model);

    assertThat(axis(model)).isZero();
  }

  @Test
  void run_readersThatTellNothing_isRefused() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 5, 3);
    OnnxModel model = graph.build(graph.builder().sum("y", "x", weight(graph, 0, 3, 5, 3)));

    Repairs.assertRefused(new CorrectAxes(), model);
  }

  @Test
  void run_numberOfScalesOfNoAxis_isRefused() {
    Repairs.assertRefused(new CorrectAxes(), convolution(NONE, 17, 5));
  }

  private static OnnxModel convolution(long axis, long opset, int scales) {
    QdqGraph graph = new QdqGraph();
    graph.builder().opset(opset);
    graph.input("x", 1, 2, 4, 4);
    int outputs = scales == 5 ? 3 : scales;
    String weight = weight(graph, axis, scales, outputs, 2, 1, 1);
    return graph.build(graph.conv("y", 1, graph.pair("p", "x", 0.01f), weight));
  }

  private static String weight(QdqGraph graph, long axis, int scales, long... dimensions) {
    byte[] codes = new byte[(int) Shape.of(dimensions).elementCount()];
    float[] values = new float[scales];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i * 37);
    }
    for (int i = 0; i < scales; i++) {
      values[i] = 0.01f * (i + 1);
    }
    ModelBuilder builder = graph.builder();
    List<String> inputs =
        List.of(
            builder.constant(
                "w.codes", Tensor.ofBytes(ElementType.INT8, Shape.of(dimensions), codes)),
            builder.constant("w.scale", Tensor.ofFloats(Shape.of(scales), values)),
            builder.constant(
                "w.zp", Tensor.ofBytes(ElementType.INT8, Shape.of(scales), new byte[scales])));
    return axis == NONE
        ? builder.add("DequantizeLinear", "w", inputs)
        : builder.add("DequantizeLinear", "w", inputs, ModelBuilder.integer("axis", axis));
  }

  private static long axis(OnnxModel model) {
    return Repairs.node(model, "w").integer("axis", NONE);
  }
}
