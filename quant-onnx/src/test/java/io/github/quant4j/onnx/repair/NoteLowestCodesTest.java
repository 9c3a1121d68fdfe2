/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import org.junit.jupiter.api.Test;

class NoteLowestCodesTest {
  private final QdqGraph graph = new QdqGraph();

  private OnnxModel model(int... codes) {
    byte[] bytes = new byte[codes.length];
    for (int i = 0; i < codes.length; i++) {
      bytes[i] = (byte) codes[i];
    }
    String x = graph.pair("a", graph.input("x", 1, codes.length), 0.1f);
    Tensor tensor = Tensor.ofBytes(INT8, Shape.of(codes.length), bytes);
    String weight = graph.weight("w", 0, tensor, Tensor.ofFloats(Shape.of(), 0.1f));
    return graph.build(graph.builder().sum("s", x, weight));
  }

  @Test
  void run_lowestCodes_areCountedAndKept() {
    assertThat(Repairs.runTwice(new NoteLowestCodes(), model(-128, 3, -128, 127)))
        .singleElement()
        .hasToString(
            "R31 note at node \"w\", tensor \"w.codes\": 2 of 4 codes are -128; they stay, since"
                + " TensorRT takes them");
  }

  @Test
  void run_otherCodes_areNotNoted() {
    assertThat(Repairs.runTwice(new NoteLowestCodes(), model(-127, 3, 0, 127))).isEmpty();
  }
}
