/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoteReplacedClassifiersTest {

  @Test
  void run_convolutionOfOnePixelBeforeTheOutput_isNoted() {
    QdqGraph graph = new QdqGraph();
    String mean =
        graph.builder().add("GlobalAveragePool", "mean", List.of(graph.input("x", 1, 4, 6, 6)));
    String conv = graph.int8Conv("conv", graph.pair("q", mean, 0.02f), 4, 10, 1);
    String flat = graph.builder().add("Flatten", "flat", List.of(graph.pair("out", conv, 0.1f)));
    OnnxModel model = graph.build(flat);

    assertThat(Repairs.runTwice(new NoteReplacedClassifiers(), model))
        .singleElement()
        .hasToString(
            "R38 note at node \"conv\", tensor \"conv\": Conv of 1x1 on one pixel, before an"
                + " output; kept: a Gemm would compute the same");
  }

  @Test
  void run_convolutionsOfImagesAndInsideTheNetwork_areNotNoted() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    String mean = graph.builder().add("GlobalAveragePool", "mean", List.of(x));
    String inner = graph.int8Conv("inner", graph.pair("q", mean, 0.02f), 4, 4, 1);
    String gate = graph.builder().add("Sigmoid", "gate", List.of(inner));
    graph.int8Conv("image", graph.pair("xq", x, 0.02f), 4, 4, 1);
    OnnxModel model = graph.build(gate, "image");

    assertThat(Repairs.runTwice(new NoteReplacedClassifiers(), model)).isEmpty();
  }
}
