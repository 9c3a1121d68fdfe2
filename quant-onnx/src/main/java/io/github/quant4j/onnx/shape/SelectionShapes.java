/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Shapes of operators that pick elements or make new ones. Source: ONNX operators Gather (opset
 * 13), GatherND (opset 13), TopK (opset 11; k an attribute before opset 10), OneHot (opset 11),
 * NonZero (opset 13), Compress (opset 11), ConstantOfShape (opset 9), Range (opset 11), Shape and
 * Size (opset 15).
 */
final class SelectionShapes {
  private SelectionShapes() {}

  static Optional<List<Size>> gather(Call call) {
    Optional<List<Size>> data = call.sizes(0);
    Optional<List<Size>> indices = call.sizes(1);
    OptionalInt axis = Call.axis(call.node().integer("axis", 0), data.map(List::size).orElse(0));
    if (data.isEmpty() || indices.isEmpty() || axis.isEmpty()) {
      return Optional.empty();
    }
    List<Size> result = new ArrayList<>(data.get().subList(0, axis.getAsInt()));
    result.addAll(indices.get());
    result.addAll(data.get().subList(axis.getAsInt() + 1, data.get().size()));
    return Optional.of(result);
  }

  static Optional<List<Size>> gatherNd(Call call) {
    Optional<List<Size>> data = call.sizes(0);
    Optional<List<Size>> indices = call.sizes(1, 1);
    if (data.isEmpty() || indices.isEmpty()) {
      return Optional.empty();
    }
    int last = indices.get().size() - 1;
    long depth = indices.get().get(last).fixed().orElse(-1);
    long picked = call.node().integer("batch_dims", 0) + depth;
    if (depth < 0 || picked < depth || picked > data.get().size()) {
      return Optional.empty();
    }
    List<Size> result = new ArrayList<>(indices.get().subList(0, last));
    result.addAll(data.get().subList((int) picked, data.get().size()));
    return Optional.of(result);
  }

  static Optional<List<Size>> topK(Call call) {
    Size count =
        call.node().hasAttribute("k")
            ? Size.of(call.node().integer("k", 0))
            : call.elements(1)
                .filter(elements -> elements.count() == 1)
                .map(elements -> elements.integer(0))
                .orElse(Size.UNKNOWN);
    return resized(call, call.node().integer("axis", -1), count);
  }

  static Optional<List<Size>> compress(Call call) {
    return call.node().hasAttribute("axis")
        ? resized(call, call.node().integer("axis", 0), Size.UNKNOWN)
        : Optional.of(Call.unknown(1));
  }

  /** Returns the sizes of input 0 with another one along an axis. */
  private static Optional<List<Size>> resized(Call call, long declared, Size size) {
    Optional<List<Size>> input = call.sizes(0);
    OptionalInt axis = Call.axis(declared, input.map(List::size).orElse(0));
    if (input.isEmpty() || axis.isEmpty()) {
      return Optional.empty();
    }
    List<Size> result = new ArrayList<>(input.get());
    result.set(axis.getAsInt(), size);
    return Optional.of(result);
  }

  static Optional<List<Size>> oneHot(Call call) {
    Optional<List<Size>> indices = call.sizes(0);
    int rank = indices.map(List::size).orElse(-1) + 1;
    OptionalInt axis = Call.axis(call.node().integer("axis", -1), rank);
    if (indices.isEmpty() || axis.isEmpty()) {
      return Optional.empty();
    }
    Size depth =
        call.elements(1)
            .filter(elements -> elements.count() == 1)
            .map(elements -> elements.integer(0))
            .orElse(Size.UNKNOWN);
    List<Size> result = new ArrayList<>(indices.get());
    result.add(axis.getAsInt(), depth);
    return Optional.of(result);
  }

  static Optional<List<Size>> nonZero(Call call) {
    Size rank = call.sizes(0).map(sizes -> Size.of(sizes.size())).orElse(Size.UNKNOWN);
    return Optional.of(List.of(rank, Size.UNKNOWN));
  }

  static Optional<List<Size>> constantOfShape(Call call) {
    return call.elements(0)
        .filter(Elements::isVector)
        .map(Elements::integers)
        .or(() -> call.length(0).map(Call::unknown));
  }

  static Optional<List<Size>> random(Call call) {
    return call.node().integers("shape").map(shape -> shape.stream().map(Size::of).toList());
  }

  static Optional<List<Size>> range(Call call) {
    Optional<List<Size>> bounds =
        call.elements(0)
            .flatMap(
                start ->
                    call.elements(1)
                        .flatMap(
                            limit ->
                                call.elements(2)
                                    .map(
                                        delta ->
                                            List.of(
                                                start.integer(0),
                                                limit.integer(0),
                                                delta.integer(0)))));
    return Optional.of(
        List.of(
            bounds.map(list -> count(list.get(0), list.get(1), list.get(2))).orElse(Size.UNKNOWN)));
  }

  /** Returns ceil((limit - start) / delta), at least 0. */
  private static Size count(Size start, Size limit, Size delta) {
    long step = delta.fixed().orElse(0);
    Size distance = limit.minus(start);
    if (step <= 0) {
      return Size.UNKNOWN;
    }
    if (distance.fixed().isPresent()) {
      return Size.of(Math.max(0, -Math.floorDiv(-distance.fixed().getAsLong(), step)));
    }
    return distance.isNonNegative() ? distance.plus(step - 1).floorDivide(step) : Size.UNKNOWN;
  }

  static Optional<List<Size>> shape(Call call) {
    Size length =
        call.sizes(0)
            .map(sizes -> Size.of(ElementRules.part(call.node(), sizes).size()))
            .orElse(Size.UNKNOWN);
    return Optional.of(List.of(length));
  }
}
