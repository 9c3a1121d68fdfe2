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

class ShareWeightsTest {
  private static final Tensor IMAGE = ModelBuilder.random(7, 2, 1, 2, 4, 4);

  @Test
  void run_equalParameters_leavesTheFirstOfThree() {
    OnnxModel model = model(0.1f, 0.1f, 0.1f);
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    List<Finding> findings = Repairs.runTwice(new ShareWeights(), model);

    assertThat(Repairs.operators(model)).isEqualTo("DequantizeLinear Conv Conv Conv");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).isEqualTo(expected);
    assertThat(findings)
        .singleElement()
        .hasToString(
            "R33 note at node \"w0\", tensor \"codes\": 3 DequantizeLinear of equal parameters"
                + " read it; 3 -> 1, shared");
  }

  @Test
  void run_otherScale_staysApart() {
    OnnxModel model = model(0.1f, 0.2f, 0.1f);
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    Repairs.runTwice(new ShareWeights(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo("DequantizeLinear Conv DequantizeLinear Conv Conv");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).isEqualTo(expected);
  }

  @Test
  void run_onlyOtherScales_changesNothing() {
    assertThat(Repairs.runTwice(new ShareWeights(), model(0.1f, 0.2f, 0.3f))).isEmpty();
  }

  @Test
  void run_outputOfTheGraph_stays() {
    QdqGraph graph = new QdqGraph();
    graph.builder().constant("codes", Tensor.ofBytes(ElementType.INT8, Shape.of(1), (byte) 5));
    graph.dequantize("a", "codes", 0.1f, ElementType.INT8, 0);
    graph.dequantize("b", "codes", 0.1f, ElementType.INT8, 0);

    assertThat(Repairs.runTwice(new ShareWeights(), graph.build("a", "b"))).isEmpty();
  }

  /** Convolutions in a row, each with a DequantizeLinear of its own on the same codes. */
  private static OnnxModel model(float... scales) {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 2, 4, 4);
    byte[] codes = {1, -2, 3, 4};
    graph
        .builder()
        .constant("codes", Tensor.ofBytes(ElementType.INT8, Shape.of(2, 2, 1, 1), codes));
    for (int i = 0; i < scales.length; i++) {
      graph.dequantize("w" + i, "codes", scales[i], ElementType.INT8, 0);
      x = graph.conv("conv" + i, 1, x, "w" + i);
    }
    return graph.build(x);
  }
}
