/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DequantizeBeforeLookupsTest {
  private static final Map<String, Tensor> IDS =
      Map.of("ids", Tensor.ofLongs(Shape.of(2, 3), 0, 7, 3, 3, 1, 6));

  private final QdqGraph graph = new QdqGraph();
  private final RepairPass pass = new DequantizeBeforeLookups();

  /** Adds uint8 codes [8, 4] around zero point 128 and a Gather of their rows. */
  private String rows() {
    SplittableRandom random = new SplittableRandom(5);
    byte[] codes = new byte[32];
    random.nextBytes(codes);
    graph.builder().constant("table", Tensor.ofBytes(ElementType.UINT8, Shape.of(8, 4), codes));
    graph.builder().graph().addInput(ModelBuilder.value("ids", ElementType.INT64.onnxCode(), 2, 3));
    return graph.builder().add("Gather", "rows", List.of("table", "ids"));
  }

  @Test
  void run_rowsOfATable_areLookedUpAmongFloats() {
    OnnxModel model = graph.build(graph.dequantize("y", rows(), 0.01f, ElementType.UINT8, 128));
    float[] before = outputs(model);

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(Repairs.operators(model)).isEqualTo("DequantizeLinear Gather");
    assertThat(model.graph().outputs()).hasToString("[y]");
    assertThat(outputs(model)).isEqualTo(before);
    assertThat(findings)
        .extracting(Finding::toString)
        .containsExactly(
            "R28 error at node \"rows\", tensor \"table\": Gather looks constant codes up;"
                + " DequantizeLinear \"y\" -> \"table_DequantizeLinear\" before it");
  }

  @Test
  void run_wholeRepair_makesTheTableSymmetricWithoutLoss() {
    OnnxModel model = graph.build(graph.dequantize("y", rows(), 0.01f, ElementType.UINT8, 128));

    OnnxModel repaired = QdqRepair.create().run(model).model();

    assertThat(outputs(repaired)).isEqualTo(outputs(model));
    assertThat(Census.of(repaired.graph()).counts().keySet())
        .allMatch(kind -> kind.endsWith("int8"));
  }

  @Test
  void run_codesThatOthersRead_stay() {
    String rows = rows();
    OnnxModel model =
        graph.build(
            graph.dequantize("y", rows, 0.01f, ElementType.UINT8, 128),
            graph.dequantize("z", rows, 0.01f, ElementType.UINT8, 128));

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }

  @Test
  void run_floatTable_stays() {
    graph.builder().weight("table", 8, 4);
    graph.builder().longs("rowIndices", 1, 2);
    graph.builder().add("Gather", "rows", List.of("table", "rowIndices"));
    OnnxModel model = graph.build(graph.pair("y", "rows", 0.01f));

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }

  private static float[] outputs(OnnxModel model) {
    Tensor tensor = requireNonNull(OnnxRuntimeOracle.run(model, IDS).get("y"));
    float[] values = new float[tensor.floats().remaining()];
    tensor.floats().get(values);
    return values;
  }
}
