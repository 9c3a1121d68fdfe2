/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static io.github.quant4j.onnx.ModelBuilder.integers;
import static io.github.quant4j.onnx.ModelBuilder.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.shape.MultiplyAccumulates.NodeCount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MultiplyAccumulatesTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void of_convolution_countsAsLoopsDo() {
    builder.input("x", 2, 6, 9, 7);
    builder.weight("w", 4, 3, 3, 2);
    builder.convOf(
        "c",
        "x",
        "w",
        integer("group", 2),
        integers("strides", 2, 1),
        integers("pads", 1, 0, 1, 1));

    // Naive loops: batch, output channel, output row, output column, input channel, window.
    long count = 0;
    for (int n = 0; n < 2; n++) {
      for (int k = 0; k < 4; k++) {
        for (int top = -1; top + 3 <= 9 + 1; top += 2) {
          for (int left = 0; left + 2 <= 7 + 1; left++) {
            count += 3 * 3 * 2;
          }
        }
      }
    }
    assertThat(count("c")).hasValue(count);
  }

  @Test
  void of_transposedConvolution_countsEveryInputElementTimesItsWindow() {
    builder.input("x", 2, 6, 5, 4);
    builder.weight("w", 6, 2, 3, 3);
    builder.add(
        "ConvTranspose", "c", List.of("x", "w"), integer("group", 3), integers("strides", 2, 2));

    assertThat(count("c")).hasValue(2L * 6 * 5 * 4 * 2 * 3 * 3);
  }

  @Test
  void of_products_countTheInnerSize() {
    builder.input("x", 3, 8, 5);
    builder.input("z", 3, 5, 7);
    builder.weight("w", 5, 4);
    builder.add("MatMul", "constant", List.of("x", "w"));
    builder.add("MatMul", "both", List.of("x", "z"));
    builder.input("q", 6, 9);
    builder.weight("b", 6, 10);
    builder.add("Gemm", "gemm", List.of("q", "b"), integer("transA", 1));

    assertThat(count("constant")).hasValue(3 * 8 * 4 * 5);
    assertThat(count("both")).hasValue(3 * 8 * 7 * 5);
    assertThat(count("gemm")).hasValue(9 * 10 * 6);
    assertThat(counts(Map.of()).total()).hasValue(480 + 840 + 540);
  }

  @Test
  void of_recurrentLayers_countInputAndHiddenState() {
    builder.input("x", 5, 2, 3);
    builder.weight("w", 2, 16, 3);
    builder.weight("r", 2, 16, 4);
    builder.add(
        "LSTM",
        "l",
        List.of("x", "w", "r"),
        integer("hidden_size", 4),
        text("direction", "bidirectional"));

    assertThat(count("l")).hasValue(5L * 2 * 2 * 4 * 4 * (3 + 4));
  }

  @Test
  void of_openBatch_countsOneSample() {
    builder.input("x", "n", 6, 9, 7);
    builder.conv("c", "x", 6, 4, 3);

    assertThat(count("c")).hasValue(9 * 7 * 4 * 6 * 9);
    assertThat(counts(Map.of("x", Shape.of(3, 6, 9, 7))).total()).hasValue(3 * 9 * 7 * 4 * 6 * 9);
  }

  @Test
  void of_unnamedBatch_countsOneSample() {
    builder.input("x", "?", 16);
    builder.gemm("b", builder.relu("r", builder.gemm("a", "x", 16, 8)), 8, 4);

    assertThat(counts(Map.of()).total()).hasValue(16 * 8 + 8 * 4);
  }

  @Test
  void of_openHeightThatDoesNotCancel_isUnknownUntilGiven() {
    builder.input("x", "n", 3, "h", 8);
    builder.weight("w", 4, 3, 1, 1);
    builder.convOf("c", "x", "w", integers("strides", 2, 2));
    builder.conv("d", "x", 3, 4, 3);

    assertThat(counts(Map.of()).total()).isEmpty();
    assertThat(count("c")).isEmpty();
    assertThat(counts(Map.of("x", Shape.of(1, 3, 5, 8))).total())
        .hasValue(3 * 4 * 4 * 3 + 5 * 8 * 4 * 3 * 9);
  }

  @Test
  void of_operandsOfUnknownRank_isUnknown() {
    builder.input("x", 4, 4);
    builder.add("Mystery", "m", List.of("x"));
    builder.add("MatMul", "p", List.of("m", "x"));
    builder.add("Conv", "c", List.of("x", "m"));
    builder.add("LSTM", "l", List.of("m", "m", "m"));

    assertThat(counts(Map.of()).counts()).extracting(NodeCount::multiplyAdds).hasSize(3);
    assertThat(counts(Map.of()).counts())
        .allSatisfy(count -> assertThat(count.multiplyAdds()).isEmpty());
    assertThat(counts(Map.of()).total()).isEmpty();
  }

  /**
   * The layers of ResNet-20 (K. He et al., Deep Residual Learning for Image Recognition, 2016,
   * arXiv:1512.03385, section 4.2), which has 40.55 million with three input channels and shortcuts
   * without parameters; ours has one input channel and two 1 x 1 shortcuts.
   */
  @Test
  void of_residualModel_isTheSumOverItsLayers() throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", "resnet20_fp32.onnx"));
    long stem = 32 * 32 * 16 * 9;
    long first = 6L * 32 * 32 * 16 * 16 * 9;
    long second = 16 * 16 * 32 * 16 * 9 + 5L * 16 * 16 * 32 * 32 * 9;
    long third = 8 * 8 * 64 * 32 * 9 + 5L * 8 * 8 * 64 * 64 * 9;
    long shortcuts = 16 * 16 * 32 * 16 + 8 * 8 * 64 * 32;
    long head = 64 * 10;

    MultiplyAccumulates counts =
        MultiplyAccumulates.of(model.graph(), ShapeInference.of(model.graph()));

    assertThat(3 * stem + first + second + third + head).isEqualTo(40_551_040);
    assertThat(counts.total()).hasValue(stem + first + second + third + shortcuts + head);
    assertThat(counts.counts())
        .extracting(NodeCount::node)
        .containsExactlyElementsOf(
            model.graph().nodes().stream()
                .filter(node -> node.is("Conv", "Gemm"))
                .map(Node::name)
                .toList());
  }

  private OptionalLong count(String node) {
    return counts(Map.of()).counts().stream()
        .filter(count -> count.node().equals(node))
        .findFirst()
        .orElseThrow()
        .multiplyAdds();
  }

  private MultiplyAccumulates counts(Map<String, Shape> given) {
    OnnxModel model = builder.build();
    return MultiplyAccumulates.of(model.graph(), ShapeInference.of(model.graph(), given));
  }
}
