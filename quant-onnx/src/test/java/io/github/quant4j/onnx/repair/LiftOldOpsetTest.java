/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiftOldOpsetTest {
  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final LiftOldOpset pass = new LiftOldOpset();

  @Test
  void run_pairOfOpset10_isLiftedWithoutAFinding() {
    graph.pair("dq", graph.input("x", 1, 2, 5, 5), 0.01f);
    builder.add(
        "Clip", "y", List.of("dq"), ModelBuilder.real("min", 0), ModelBuilder.real("max", 0.5f));
    OnnxModel model = builder.opset(10).output("y").build();
    Tensor input = ModelBuilder.random(1, 1, 1, 2, 5, 5);
    float[] before = OnnxRuntimeOracle.run(model, input);

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(model.opset()).isEqualTo(13);
    assertThat(OnnxRuntimeOracle.run(model, input)).isEqualTo(before);
  }

  @Test
  void run_scalePerChannelInOpset12_isADefectOfTheAxis() {
    OnnxModel model = perChannel().opset(12).output("y").build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(Finding::toString)
        .containsExactly(
            "R24 error at node \"w\", tensor \"w.codes\": opset 12 knows no scale per channel;"
                + " opset 12 -> 13");
    assertThat(model.opset()).isEqualTo(13);
  }

  @Test
  void run_modelThatCannotBeLifted_isRefusedWhereAScaleNeedsIt() {
    unliftable(perChannel(), "y");
    OnnxModel model = builder.opset(10).output("z").build();

    assertThat(Repairs.runTwice(pass, model))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isRefused()).isTrue();
              assertThat(finding.defect()).isEqualTo(Defect.QUANTIZATION_AXIS);
              assertThat(finding.remedy().text())
                  .contains("the model cannot be lifted: node \"z\"");
            });
    assertThat(model.opset()).isEqualTo(10);
  }

  @Test
  void run_modelThatCannotBeLifted_staysWhereNoScaleNeedsIt() {
    unliftable(builder, graph.pair("dq", graph.input("x", 1, 2, 5, 5), 0.01f));
    OnnxModel model = builder.opset(10).output("z").build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(model.opset()).isEqualTo(10);
  }

  @Test
  void run_floatModel_staysAtItsOpset() {
    OnnxModel model = builder.opset(11).output(builder.relu("y", graph.input("x", 1))).build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(model.opset()).isEqualTo(11);
  }

  private ModelBuilder perChannel() {
    graph.conv("y", 3, graph.input("x", 1, 2, 5, 5), graph.weight("w", 0, 3, 2, 3, 3));
    return builder;
  }

  /** A Resize of opset 10 that enlarges one axis and shrinks another rounds like none since. */
  private static void unliftable(ModelBuilder builder, String read) {
    builder.constant("sizes", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 0.5f));
    builder.add("Resize", "z", List.of(read, "sizes"));
  }

  @Test
  void run_dynamicQuantizationOfOpset11_isLifted() {
    graph.input("x", 1, 2);
    builder.add("DynamicQuantizeLinear", "q", List.of("x"));
    builder.outputs("s", "z");
    OnnxModel model = builder.opset(11).output("q", ElementType.UINT8).build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(model.opset()).isEqualTo(13);
  }
}
