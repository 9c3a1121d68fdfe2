/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class CensusTest {
  @Test
  void of_zeroPointsInConstantNodesAndBehindCasts_areRead() {
    QdqGraph graph = new QdqGraph();
    ModelBuilder builder = graph.builder();
    graph.input("x", 4);
    builder.constant("s", Tensor.ofFloats(Shape.of(), 0.01f));
    Tensor zero = Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0);
    builder.add("Constant", "z", List.of(), ModelBuilder.tensor("value", zero));
    builder.add("QuantizeLinear", "q", List.of("x", "s", "z"));
    builder.add(
        "Cast", "c", List.of("z"), ModelBuilder.integer("to", ElementType.INT32.onnxCode()));
    builder.constant("codes", Tensor.ofInts(Shape.of(2), 1, 2));
    builder.add("DequantizeLinear", "b", List.of("codes", "s", "c"));

    assertThat(Census.of(builder.output("b").build().graph()))
        .hasToString("Cast 1, DequantizeLinear int32 1, QuantizeLinear int8 1");
  }
}
