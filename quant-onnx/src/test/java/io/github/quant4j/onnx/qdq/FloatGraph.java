/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Compares a stripped graph with the float one it was made from. */
final class FloatGraph {
  private FloatGraph() {}

  /** Returns nodes with all attributes, names of constants, inputs and outputs, a line each. */
  static List<String> describe(OnnxModel model) {
    List<String> lines = new ArrayList<>();
    lines.add("inputs " + model.graph().inputs());
    lines.add("outputs " + model.graph().outputs());
    lines.add(
        "constants "
            + new TreeSet<>(model.graph().initializers().stream().map(Value::name).toList()));
    model
        .graph()
        .nodes()
        .forEach(
            node ->
                lines.add(
                    "%s %s %s -> %s %s %s %s"
                        .formatted(
                            node.opType(),
                            node.name(),
                            node.inputs(),
                            node.outputs(),
                            node.integers("pads"),
                            node.integer("group", 1),
                            node.integer("transB", 0))));
    return lines;
  }

  /** Checks that no weight moved by more than 1/127 of half its tensor's largest value. */
  static void assertWeightsWithinHalfAStep(OnnxModel expected, OnnxModel actual) {
    for (Value value : expected.graph().initializers()) {
      Tensor before = value.constant().orElseThrow();
      Tensor after = actual.graph().value(value.name()).flatMap(Value::constant).orElseThrow();
      assertThat(after).as("%s", value).hasToString(before.toString());
      if (before.elementType() == ElementType.FLOAT) {
        assertClose(value.name(), before.floats(), after.floats());
      }
    }
  }

  private static void assertClose(String name, FloatBuffer before, FloatBuffer after) {
    float largest = 0;
    float difference = 0;
    for (int i = 0; i < before.remaining(); i++) {
      largest = Math.max(largest, Math.abs(before.get(i)));
      difference = Math.max(difference, Math.abs(before.get(i) - after.get(i)));
    }
    assertThat(difference).as("%s", name).isLessThanOrEqualTo(largest / 127 / 2 * 1.0001f);
  }
}
