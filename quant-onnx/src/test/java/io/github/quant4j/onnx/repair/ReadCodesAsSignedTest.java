/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadCodesAsSignedTest {
  private static final Tensor SAMPLE = ModelBuilder.random(3, 1, 1, 4, 4, 4);

  private final RepairPass pass = new ReadCodesAsSigned();

  /** Writes input, Conv, Relu, Conv with three pairs, of which the first is int8. */
  private static OnnxModel model(boolean isRight, int input, int rectified, int output) {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("a", graph.input("x", 1, 4, 4, 4), 0.01f, INT8, input);
    String relu = graph.builder().relu("r", graph.int8Conv("k", x, 4, 4, 3));
    String second =
        graph.pair("b", relu, 0.02f, isRight ? INT8 : UINT8, isRight ? rectified : rectified & 255);
    String result = graph.int8Conv("l", second, 4, 4, 3);
    return graph.build(
        graph.pair("c", result, 0.05f, isRight ? INT8 : UINT8, isRight ? output : output & 255));
  }

  @Test
  void run_symmetricEagerExport_givesWhatWasMeant() {
    OnnxModel exported = model(false, 0, 0, 0);
    float[] wrong = OnnxRuntimeOracle.run(exported, SAMPLE);

    List<Finding> findings = Repairs.runTwice(pass, exported);

    assertThat(findings).hasSize(2).allMatch(finding -> finding.defect().id().equals("R03"));
    assertThat(findings.get(0))
        .hasToString(
            "R03 error at node \"b.q\", tensor \"r\": scale 0.02, zero point uint8 0; "
                + "zero point int8 0, the scale stays: "
                + "the inputs of the model are quantized to int8");
    float[] meant = OnnxRuntimeOracle.run(model(true, 0, 0, 0), SAMPLE);
    assertThat(OnnxRuntimeOracle.run(exported, SAMPLE)).isEqualTo(meant).isNotEqualTo(wrong);
    assertThat(Census.of(exported.graph()))
        .hasToString("DequantizeLinear int8 5, QuantizeLinear int8 3");
  }

  @Test
  void run_affineEagerExport_keepsTheBits() {
    OnnxModel exported = model(false, -7, -128, -12);

    List<Finding> findings = Repairs.runTwice(pass, exported);

    assertThat(findings).extracting(Finding::found).contains("scale 0.05, zero point uint8 244");
    assertThat(Numbers.inputs(exported, "b.q")).last().isEqualTo("zero_point_int8_minus_128");
    float[] meant = OnnxRuntimeOracle.run(model(true, -7, -128, -12), SAMPLE);
    assertThat(OnnxRuntimeOracle.run(exported, SAMPLE)).isEqualTo(meant);
  }

  @Test
  void run_genuineUnsignedCodes_areLeftAlone() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("a", graph.input("x", 1, 4, 4, 4), 0.01f, UINT8, 120);
    OnnxModel model =
        graph.build(graph.pair("b", graph.int8Conv("k", x, 4, 4, 3), 0.02f, UINT8, 0));

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }

  @Test
  void run_codesThatAreAnOutput_areRefused() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("a", graph.input("x", 1, 4, 4, 4), 0.01f);
    String codes = graph.quantize("b", graph.int8Conv("k", x, 4, 4, 3), 0.02f, UINT8, 0);
    graph.builder().output(codes, UINT8);
    OnnxModel model = graph.build();

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(findings).hasSize(1).allMatch(Finding::isRefused);
    assertThat(findings.get(0).remedy().text()).contains("output \"b\" of the graph");
  }

  @Test
  void run_declaredTypes_followTheCodes() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("a", graph.input("x", 1, 4, 4, 4), 0.01f);
    String output = graph.pair("b", graph.int8Conv("k", x, 4, 4, 3), 0.02f, UINT8, 0);
    graph.builder().graph().addValueInfo(ModelBuilder.value("b.q", 2, 1, 4, 4, 4));
    OnnxModel model = graph.build(output);

    Repairs.runTwice(pass, model);

    assertThat(model.graph().value("b.q").orElseThrow().type().elementType()).contains(INT8);
    assertThat(OnnxRuntimeOracle.run(model, SAMPLE)).hasSize(64);
  }
}
