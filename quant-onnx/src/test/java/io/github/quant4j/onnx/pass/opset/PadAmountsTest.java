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

class PadAmountsTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @ValueSource(strings = {"constant", "reflect", "edge"})
  void run_anyMode_readsAmountsFromAnInput(String mode) {
    String x = builder.input("x", 3, 4);
    builder.add(
        "Pad",
        "y",
        List.of(x),
        ModelBuilder.text("mode", mode),
        ModelBuilder.integers("pads", 1, 0, 2, 1));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(9).output("y"), 13, ModelBuilder.random(1, 1, 3, 4));

    assertThat(model.graph().nodes().get(0).inputCount()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 8, 9, 10})
  void run_borderOfAValue_readsItFromAnInput(int opset) {
    String x = builder.input("x", 3, 4);
    builder.add(
        "Pad",
        "y",
        List.of(x),
        ModelBuilder.integers("pads", 1, -1, 2, 1),
        ModelBuilder.real("value", -2.5f));

    Lifting.keepsResults(builder.opset(opset).output("y"), 19, ModelBuilder.random(1, 1, 3, 4));
  }

  @Test
  void run_borderOfADouble_castsTheValue() {
    String x = builder.input("x", 3);
    builder.add("Cast", "c", List.of(x), ModelBuilder.integer("to", 11));
    builder.add(
        "Pad",
        "y",
        List.of("c"),
        ModelBuilder.integers("pads", 1, 1),
        ModelBuilder.real("value", 0.5f));

    Lifting.keepsResults(
        builder.opset(10).output("y", ElementType.DOUBLE), 13, ModelBuilder.random(1, 1, 3));
  }

  @Test
  void run_withoutAmounts_isRefused() {
    builder.add("Pad", "y", List.of(builder.input("x", 3)));

    Lifting.refuses(builder.opset(10).output("y"), 13).contains("\"pads\" is missing");
  }
}
