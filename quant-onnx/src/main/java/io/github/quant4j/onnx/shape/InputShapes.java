/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Checks given shapes of graph inputs against what the model declares. */
final class InputShapes {
  private InputShapes() {}

  /** Returns the numbers that named dimensions of the inputs stand for. */
  static Map<String, Long> bind(Graph graph, Map<String, Shape> given) {
    Map<String, Value> inputs = new HashMap<>();
    graph.inputs().forEach(input -> inputs.put(input.name(), input));
    Map<String, Long> bindings = new HashMap<>();
    for (String name : new TreeSet<>(given.keySet())) {
      Value input = inputs.get(name);
      if (input == null) {
        throw new OnnxException(
            "shape given for \"%s\", which is no input of the graph; inputs are %s"
                .formatted(name, graph.inputs()));
      }
      bind(input, given.getOrDefault(name, Shape.of()), bindings);
    }
    return bindings;
  }

  private static void bind(Value input, Shape given, Map<String, Long> bindings) {
    List<Dimension> declared = input.type().dimensions().orElse(List.of());
    if (input.type().dimensions().isPresent() && declared.size() != given.rank()) {
      throw contradiction(input, given, "expected rank " + declared.size());
    }
    for (int axis = 0; axis < declared.size(); axis++) {
      long size = given.dimension(axis);
      if (declared.get(axis) instanceof Dimension.Fixed fixed && fixed.size() != size) {
        throw contradiction(input, given, "expected " + declared);
      }
      if (declared.get(axis) instanceof Dimension.Symbolic symbolic) {
        Long bound = bindings.putIfAbsent(symbolic.name(), size);
        if (bound != null && bound != size) {
          throw contradiction(
              input,
              given,
              "expected %s, where %s is %s already".formatted(declared, symbolic, bound));
        }
      }
    }
  }

  private static OnnxException contradiction(Value input, Shape given, String expected) {
    return new OnnxException(
        "shape given for input \"%s\" contradicts the model: found %s, %s"
            .formatted(input, given, expected));
  }
}
