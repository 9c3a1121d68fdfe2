/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizedWeightTest {

  /** Returns the floats that the weight a node dequantizes stands for. */
  static Tensor floats(OnnxModel model, String node) {
    QuantizedWeight weight = QuantizedWeight.of(Repairs.node(model, node).output()).orElseThrow();
    return weight.floatsOf(weight.source().constant().orElseThrow());
  }

  @Test
  void floatsOf_codesAndPairs_areThoseOfOnnxRuntime() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 4, 3);
    graph.builder().weight("w", 4, 3);
    graph.builder().add("Add", "a", List.of("x", graph.weight("codes", 1, 4, 3)));
    graph.builder().add("Add", "b", List.of("x", graph.pair("pair", "w", 0.003f)));
    OnnxModel model = graph.build("a", "b");

    Map<String, Tensor> outputs =
        OnnxRuntimeOracle.run(model, Map.of("x", Tensor.ofFloats(Shape.of(4, 3), new float[12])));

    assertThat(requireNonNull(outputs.get("a")).floats())
        .isEqualTo(floats(model, "codes").floats());
    assertThat(requireNonNull(outputs.get("b")).floats()).isEqualTo(floats(model, "pair").floats());
  }

  @Test
  void of_otherValues_isEmpty() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("activation", graph.input("x", 4), 0.1f);
    graph.builder().weight("w", 4);
    graph.pair("unsigned", "w", 0.1f, ElementType.UINT8, 0);
    graph.pair("asymmetric", "w", 0.1f, ElementType.INT8, 3);
    graph.bias("bias", new int[] {1, 2}, 1, 2);
    graph.weight(
        "long",
        0,
        Tensor.ofBytes(ElementType.INT8, Shape.of(2), (byte) 1, (byte) 2),
        Tensor.ofFloats(Shape.of(3), 1, 2, 3));
    OnnxModel model = graph.build(x);

    for (String node : List.of("activation", "unsigned", "asymmetric", "bias", "long")) {
      assertThat(QuantizedWeight.of(Repairs.node(model, node).output())).as(node).isEmpty();
    }
    assertThat(QuantizedWeight.of(model.graph().inputs().get(0))).isEmpty();
  }
}
