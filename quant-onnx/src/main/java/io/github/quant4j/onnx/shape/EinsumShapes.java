/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Shape of an Einsum whose equation names every axis; one with an ellipsis has no answer. Source:
 * ONNX operator Einsum, opset 12.
 */
final class EinsumShapes {
  private EinsumShapes() {}

  static Optional<List<Size>> output(Call call) {
    String equation = call.node().text("equation", "").replace(" ", "");
    int arrow = equation.indexOf("->");
    String left = arrow < 0 ? equation : equation.substring(0, arrow);
    List<String> operands = List.of(left.split(",", -1));
    if (equation.contains(".") || operands.size() != call.node().inputCount()) {
      return Optional.empty();
    }
    Map<Character, Size> sizes = new HashMap<>();
    for (int i = 0; i < operands.size(); i++) {
      Optional<List<Size>> input = call.sizes(i);
      if (input.isEmpty() || input.get().size() != operands.get(i).length()) {
        return Optional.empty();
      }
      note(operands.get(i), input.get(), sizes);
    }
    String right = arrow < 0 ? implicitOutput(left) : equation.substring(arrow + 2);
    List<Size> result = new ArrayList<>();
    right.chars().forEach(label -> result.add(sizes.getOrDefault((char) label, Size.UNKNOWN)));
    return Optional.of(result);
  }

  private static void note(String labels, List<Size> input, Map<Character, Size> sizes) {
    for (int axis = 0; axis < input.size(); axis++) {
      List<Size> one = List.of(input.get(axis));
      sizes.merge(
          labels.charAt(axis),
          input.get(axis),
          (before, size) -> BroadcastShapes.broadcast(List.of(before), one).get(0));
    }
  }

  /** Returns the labels that occur once, in alphabetical order. */
  private static String implicitOutput(String left) {
    Map<Character, Integer> counts = new TreeMap<>();
    left.replace(",", "").chars().forEach(label -> counts.merge((char) label, 1, Integer::sum));
    StringBuilder output = new StringBuilder();
    counts.forEach(
        (label, count) -> {
          if (count == 1) {
            output.append(label.charValue());
          }
        });
    return output.toString();
  }
}
