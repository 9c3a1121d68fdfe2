/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.Target;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of the end of a classifier of pictures. */
class ClassifierTest {
  private final OnnxModel model;

  ClassifierTest() throws IOException {
    model = TestSamples.model("resnet20_fp32");
  }

  private static List<String> end(PostTrainingQuantization quantization) throws IOException {
    try (CalibrationSource samples = TestSamples.images(8, 8)) {
      List<Node> nodes = quantization.run(samples).model().graph().nodes();
      return nodes.subList(nodes.size() - 5, nodes.size()).stream().map(Node::opType).toList();
    }
  }

  @Test
  void run_classifierAsConvolution_isInt8ToTheEnd() throws IOException {
    assertThat(end(PostTrainingQuantization.of(model).classifierAsConvolution(true)))
        .containsExactly(
            "QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "Conv", "Flatten");
  }

  @Test
  void run_notSaid_leavesTheGemm() throws IOException {
    assertThat(end(PostTrainingQuantization.of(model))).endsWith("Gemm");
  }

  @Test
  void run_otherRuntime_leavesTheGemm() throws IOException {
    assertThat(
            end(
                PostTrainingQuantization.of(model)
                    .target(Target.ONNXRUNTIME)
                    .classifierAsConvolution(true)))
        .endsWith("Gemm");
  }
}
