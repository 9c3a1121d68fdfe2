/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of integers that became inputs: Slice and TopK in 10, axes and splits in 13 and 18. */
class AttributesToInputsTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @ValueSource(ints = {7, 8, 9})
  void run_sliceWithAttributes_readsThemFromInputs(int opset) {
    String x = builder.input("x", 2, 5, 6);
    builder.add(
        "Slice",
        "y",
        List.of(x),
        ModelBuilder.integers("axes", 1, 2),
        ModelBuilder.integers("starts", -4, 1),
        ModelBuilder.integers("ends", Integer.MAX_VALUE, -1));

    OnnxModel model =
        Lifting.keepsResults(
            builder.opset(opset).output("y"), 13, ModelBuilder.random(1, 1, 2, 5, 6));

    assertThat(model.graph().initializers())
        .extracting(Object::toString)
        .containsExactly("y_starts", "y_ends", "y_axes");
  }

  @Test
  void run_sliceWithoutAxes_leavesThemOut() {
    String x = builder.input("x", 4, 5);
    builder.add(
        "Slice",
        "y",
        List.of(x),
        ModelBuilder.integers("starts", 1, 0),
        ModelBuilder.integers("ends", 3, 2));

    Lifting.keepsResults(builder.opset(9).output("y"), 13, ModelBuilder.random(1, 1, 4, 5));
  }

  @Test
  void run_sliceWithoutRange_isRefused() {
    builder.add("Slice", "y", List.of(builder.input("x", 4)));

    Lifting.refuses(builder.opset(9).output("y"), 13)
        .isEqualTo(
            "node \"y\": Slice cannot be lifted from opset 9 to 10: attribute \"starts\" or"
                + " \"ends\" is missing");
  }

  @Test
  void run_topKWithAttribute_readsItFromAnInput() {
    String x = builder.input("x", 3, 7);
    builder.add(
        "TopK", "y", List.of(x), ModelBuilder.integer("k", 2), ModelBuilder.integer("axis", 0));
    builder.outputs("indices").opset(9).output("y").output("indices", ElementType.INT64);

    Lifting.keepsResults(builder, 13, ModelBuilder.random(1, 1, 3, 7));
  }

  @Test
  void run_topKWithoutCount_isRefused() {
    builder.add("TopK", "y", List.of(builder.input("x", 4)));
    builder.outputs("indices").opset(9).output("y");

    Lifting.refuses(builder, 13).contains("\"y\": TopK").contains("\"k\" is missing");
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 11, 12})
  void run_squeezeAndUnsqueeze_readAxesFromInputs(int opset) {
    String x = builder.input("x", 2, 1, 3, 1);
    builder.add("Squeeze", "s", List.of(x), ModelBuilder.integers("axes", 1, 3));
    builder.add("Unsqueeze", "y", List.of("s"), ModelBuilder.integers("axes", 0, 3));

    Lifting.keepsResults(
        builder.opset(opset).output("y"), 13, ModelBuilder.random(1, 1, 2, 1, 3, 1));
  }

  @Test
  void run_negativeAxes_stayNegative() {
    String x = builder.input("x", 2, 3, 1);
    builder.add("Squeeze", "s", List.of(x), ModelBuilder.integers("axes", -1));
    builder.add("Unsqueeze", "u", List.of("s"), ModelBuilder.integers("axes", -2));
    builder.add("ReduceSum", "y", List.of("u"), ModelBuilder.integers("axes", -1));

    Lifting.keepsResults(builder.opset(11).output("y"), 13, ModelBuilder.random(1, 1, 2, 3, 1));
  }

  @Test
  void run_squeezeAndReduceSumOfAllAxes_stayWithoutInput() {
    String x = builder.input("x", 2, 1, 3);
    builder.add("Squeeze", "s", List.of(x));
    builder.add("ReduceSum", "y", List.of("s"), ModelBuilder.integer("keepdims", 0));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(12).output("y"), 13, ModelBuilder.random(1, 1, 2, 1, 3));

    assertThat(model.graph().initializers()).isEmpty();
  }

  @Test
  void run_reduceSumOfSomeAxes_readsThemFromAnInput() {
    String x = builder.input("x", 2, 4, 3);
    builder.add("ReduceSum", "y", List.of(x), ModelBuilder.integers("axes", 0, 2));

    Lifting.keepsResults(builder.opset(12).output("y"), 13, ModelBuilder.random(1, 1, 2, 4, 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 18, 21})
  void run_splitWithSizes_readsThemFromAnInput(int target) {
    String x = builder.input("x", 2, 6);
    builder.add(
        "Split",
        "y",
        List.of(x),
        ModelBuilder.integers("split", 1, 2, 3),
        ModelBuilder.integer("axis", -1));
    builder.outputs("z", "w").opset(12).output("y").output("z").output("w");

    Lifting.keepsResults(builder, target, ModelBuilder.random(1, 1, 2, 6));
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 12, 13, 17})
  void run_splitInEqualParts_statesTheirNumber(int opset) {
    String x = builder.input("x", 2, 6);
    builder.add("Split", "y", List.of(x), ModelBuilder.integer("axis", 1));
    builder.outputs("z", "w").opset(opset).output("y").output("z").output("w");

    OnnxModel model = Lifting.keepsResults(builder, 18, ModelBuilder.random(1, 1, 2, 6));

    assertThat(model.graph().nodes().get(0).integer("num_outputs", 0)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSumSquare"
      })
  void run_reductionOf13_readsAxesFromAnInputIn18(String opType) {
    String x = builder.input("x", 2, 4, 3);
    builder.add("Exp", "e", List.of(x));
    builder.add(
        opType,
        "y",
        List.of("e"),
        ModelBuilder.integers("axes", -2, 0),
        ModelBuilder.integer("keepdims", 0));

    Lifting.keepsResults(builder.opset(13).output("y"), 19, ModelBuilder.random(1, 1, 2, 4, 3));
  }

  @Test
  void run_to13_leavesReductionsOf18Alone() {
    String x = builder.input("x", 2, 4);
    builder.add("ReduceMean", "y", List.of(x), ModelBuilder.integers("axes", 1));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(11).output("y"), 13, ModelBuilder.random(1, 1, 2, 4));

    assertThat(model.graph().nodes().get(0).integers("axes")).contains(List.of(1L));
  }
}
