/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model is but for the contents of its constants.
 *
 * @param nodes a line a node: operator, name, inputs, outputs
 * @param constants the shapes of the initializers by name
 */
record ModelShape(List<String> nodes, SortedMap<String, String> constants) {

  static ModelShape of(OnnxModel model) {
    SortedMap<String, String> constants = new TreeMap<>();
    for (Value value : model.graph().initializers()) {
      Tensor tensor = value.constant().orElseThrow();
      constants.put(value.name(), tensor.elementType() + " " + tensor.shape());
    }
    List<String> nodes =
        model.graph().nodes().stream()
            .map(node -> node.opType() + " " + node + node.inputs() + node.outputs())
            .toList();
    return new ModelShape(nodes, constants);
  }

  /** A weight of a tensor moves by half of absmax / 127 at most, that of its largest channel. */
  static void assertWeightsWithinHalfAStep(OnnxModel expected, OnnxModel actual) {
    for (Value value : expected.graph().initializers()) {
      Tensor tensor = value.constant().orElseThrow();
      if (tensor.elementType() != ElementType.FLOAT || tensor.shape().rank() < 2) {
        continue;
      }
      FloatBuffer before = tensor.floats();
      FloatBuffer after =
          actual.graph().value(value.name()).flatMap(Value::constant).orElseThrow().floats();
      float largest = 0;
      float moved = 0;
      for (int i = 0; i < before.remaining(); i++) {
        largest = Math.max(largest, Math.abs(before.get(i)));
        moved = Math.max(moved, Math.abs(before.get(i) - after.get(i)));
      }
      assertThat(moved).as(value.name()).isLessThanOrEqualTo(largest / 127 * 0.501f);
    }
  }
}
