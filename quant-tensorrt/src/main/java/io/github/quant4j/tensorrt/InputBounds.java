/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an engine takes as one input: its type, and the shapes of its optimization profile.
 *
 * @param tensor the input
 * @param smallest the least size of every axis
 * @param largest the greatest size of every axis
 */
record InputBounds(EngineTensor tensor, Shape smallest, Shape largest) {

  /** What an engine takes as an input in a profile, which may leave out inputs of fixed shape. */
  static InputBounds of(EngineTensor input, Map<String, ShapeRange> profile) {
    ShapeRange range = profile.get(input.name());
    if (range == null) {
      Shape fixed = Shape.of(input.dimensions().stream().mapToLong(Long::longValue).toArray());
      return new InputBounds(input, fixed, fixed);
    }
    return new InputBounds(input, range.min(), range.max());
  }

  /**
   * Returns when the tensors are those that an engine takes.
   *
   * @throws EngineInputException naming the first input that is missing, unknown or does not fit
   */
  static void verify(List<InputBounds> inputs, Map<String, Tensor> given) {
    for (InputBounds input : inputs) {
      Tensor tensor = given.get(input.tensor.name());
      if (tensor == null) {
        throw new EngineInputException(input.tensor.name(), "missing", input.expected());
      }
      input.verify(tensor);
    }
    if (given.size() > inputs.size()) {
      throw unknown(inputs, given);
    }
  }

  private void verify(Tensor given) {
    if (given.elementType() != tensor.elementType() || !contains(given.shape())) {
      throw new EngineInputException(tensor.name(), given.toString(), expected());
    }
  }

  private boolean contains(Shape shape) {
    if (shape.rank() != largest.rank()) {
      return false;
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      long size = shape.dimension(axis);
      if (size < smallest.dimension(axis) || size > largest.dimension(axis)) {
        return false;
      }
    }
    return true;
  }

  private String expected() {
    return smallest.equals(largest)
        ? "%s%s".formatted(tensor.elementType(), largest)
        : "%s from %s to %s, the optimization profile of the engine"
            .formatted(tensor.elementType(), smallest, largest);
  }

  private static EngineInputException unknown(List<InputBounds> inputs, Map<String, Tensor> given) {
    Map<String, Tensor> rest = new LinkedHashMap<>(given);
    List<String> names = inputs.stream().map(input -> input.tensor.name()).toList();
    rest.keySet().removeAll(names);
    String name = rest.keySet().iterator().next();
    return new EngineInputException(name, "unknown to the engine", "only inputs of " + names);
  }
}
