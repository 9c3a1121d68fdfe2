/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlattenedSoftmaxTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @CsvSource({
    "Softmax, 9, 1",
    "Softmax, 10, 0",
    "Softmax, 11, -3",
    "Softmax, 12, 2",
    "LogSoftmax, 9, 1",
    "LogSoftmax, 12, -2",
    "Hardmax, 9, 1",
    "Hardmax, 12, 0"
  })
  void run_axisBeforeTheLast_flattensAndRestores(String opType, int opset, int axis) {
    String x = builder.input("x", 2, 3, 4, 5);
    builder.add(opType, "y", List.of(x), ModelBuilder.integer("axis", axis));

    OnnxModel model =
        Lifting.keepsResultsUpToOrder(
            builder.opset(opset).output("y"), 13, ModelBuilder.random(1, 3, 2, 3, 4, 5));

    assertThat(Lifting.operators(model)).containsExactly("Flatten", opType, "Shape", "Reshape");
    assertThat(model.graph().nodes())
        .extracting(Node::name)
        .containsExactly("y_flattened", "y", "y_shape", "y_Reshape");
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 11, 12})
  void run_defaultAxisOfRank4_isOne(int opset) {
    builder.add("Softmax", "y", List.of(builder.input("x", 2, 3, 4, 5)));

    Lifting.keepsResultsUpToOrder(
        builder.opset(opset).output("y"), 13, ModelBuilder.random(1, 3, 2, 3, 4, 5));
  }

  @Test
  void run_unknownSizesAtTheFront_keepsThem() {
    builder.add("Softmax", "y", List.of(builder.input("x", "n", "?", 4, "w")));

    Lifting.keepsResultsUpToOrder(
        builder.opset(11).output("y"), 13, ModelBuilder.random(1, 3, 2, 3, 4, 5));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, -1})
  void run_lastAxis_isWrittenAsLast(int axis) {
    String x = builder.input("x", "n", 3, 4, 5);
    builder.add("Softmax", "y", List.of(x), ModelBuilder.integer("axis", axis));

    OnnxModel model =
        Lifting.keepsResults(
            builder.opset(11).output("y"), 13, ModelBuilder.random(1, 3, 2, 3, 4, 5));

    assertThat(model.graph().nodes()).hasSize(1);
    assertThat(model.graph().nodes().get(0).integer("axis", 0)).isEqualTo(-1);
  }

  @Test
  void run_defaultAxisOfAMatrix_isTheLast() {
    builder.add("Softmax", "y", List.of(builder.input("x", "n", 10)));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(9).output("y"), 13, ModelBuilder.random(1, 3, 2, 10));

    assertThat(Lifting.operators(model)).containsExactly("Softmax");
  }

  @Test
  void run_onesBehindTheAxis_keepsOneNode() {
    builder.add("Softmax", "y", List.of(builder.input("x", 2, 10, 1, 1)));

    OnnxModel model =
        Lifting.keepsResultsUpToOrder(
            builder.opset(9).output("y"), 13, ModelBuilder.random(1, 3, 2, 10, 1, 1));

    assertThat(Lifting.operators(model)).containsExactly("Softmax");
    assertThat(model.graph().nodes().get(0).integer("axis", 0)).isEqualTo(1);
  }

  @Test
  void run_unknownRank_flattens() {
    builder.graph().addInput(ModelBuilder.floatValue("x"));
    builder.add("Softmax", "y", List.of("x"), ModelBuilder.integer("axis", 2));

    OnnxModel model =
        Lifting.keepsResultsUpToOrder(
            builder.opset(11).output("y"), 13, ModelBuilder.random(1, 3, 2, 3, 4));

    assertThat(Lifting.operators(model)).containsExactly("Flatten", "Softmax", "Shape", "Reshape");
  }

  @Test
  void run_softmaxBehindASqueeze_seesItsRank() {
    String x = builder.input("x", 2, 3, 1);
    builder.add("Squeeze", "s", List.of(x), ModelBuilder.integers("axes", 2));
    builder.add("Transpose", "t", List.of("s"), ModelBuilder.integers("perm", 1, 0));
    builder.add("Softmax", "y", List.of("t"));

    Lifting.keepsResultsUpToOrder(
        builder.opset(11).output("y"), 13, ModelBuilder.random(1, 3, 2, 3, 1));
  }
}
