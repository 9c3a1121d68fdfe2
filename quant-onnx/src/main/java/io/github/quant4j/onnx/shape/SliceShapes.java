/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Shapes of operators that cut tensors apart, join them or add a border. Source: ONNX operators
 * Slice (opset 13; attributes before opset 10), Split (opset 18), Concat (opset 13) and Pad (opset
 * 18; an attribute before opset 11).
 */
final class SliceShapes {
  private SliceShapes() {}

  static Optional<List<Size>> slice(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    int rank = input.get().size();
    Optional<List<Size>> starts = bounds(call, "starts", 1);
    Optional<List<Size>> ends = bounds(call, "ends", 2);
    Optional<List<Integer>> axes = axes(call, starts, rank);
    if (axes.isEmpty()) {
      return Optional.of(Call.unknown(rank));
    }
    Optional<List<Long>> steps = call.elements(4).flatMap(Elements::numbers);
    List<Size> result = new ArrayList<>(input.get());
    for (int i = 0; i < axes.get().size(); i++) {
      int axis = axes.get().get(i);
      OptionalLong step = call.isLeftOut("steps", 4) ? OptionalLong.of(1) : element(steps, i);
      result.set(axis, cut(result.get(axis), bound(starts, i), bound(ends, i), step));
    }
    return Optional.of(result);
  }

  private static Optional<List<Size>> bounds(Call call, String attribute, int input) {
    return call.node()
        .integers(attribute)
        .map(list -> list.stream().map(Size::of).toList())
        .or(() -> call.elements(input).map(Elements::integers));
  }

  private static Optional<List<Integer>> axes(Call call, Optional<List<Size>> starts, int rank) {
    if (!call.isLeftOut("axes", 3)) {
      return call.numbers("axes", 3).flatMap(list -> Call.axes(list, rank));
    }
    return starts
        .map(List::size)
        .or(() -> call.length(1))
        .filter(count -> count <= rank)
        .map(count -> IntStream.range(0, count).boxed().toList());
  }

  private static Size bound(Optional<List<Size>> bounds, int index) {
    return bounds
        .filter(list -> index < list.size())
        .map(list -> list.get(index))
        .orElse(Size.UNKNOWN);
  }

  private static OptionalLong element(Optional<List<Long>> list, int index) {
    return list.filter(found -> index < found.size())
        .map(found -> OptionalLong.of(found.get(index)))
        .orElse(OptionalLong.empty());
  }

  private static Size cut(Size size, Size start, Size end, OptionalLong step) {
    if (step.isEmpty() || step.getAsLong() == 0) {
      return Size.UNKNOWN;
    }
    boolean isNumber =
        size.fixed().isPresent() && start.fixed().isPresent() && end.fixed().isPresent();
    if (isNumber) {
      return Size.of(
          SliceBounds.of(
                  size.fixed().getAsLong(),
                  start.fixed().getAsLong(),
                  end.fixed().getAsLong(),
                  step.getAsLong())
              .count());
    }
    boolean reachesEnd = end.equals(size) || end.fixed().orElse(0) >= Integer.MAX_VALUE;
    if (start.isFixed(0) && reachesEnd) {
      return step.getAsLong() > 0
          ? size.plus(step.getAsLong() - 1).floorDivide(step.getAsLong())
          : Size.UNKNOWN;
    }
    if (start.isFixed(0)
        && step.getAsLong() == 1
        && size.fixed().isPresent()
        && end.isNonNegative()) {
      return Size.minimum(end, size.fixed().getAsLong());
    }
    return Size.function("slice", size, start, end, Size.of(step.getAsLong()));
  }

  /** Returns the size of one part of a Split along its axis. */
  static Optional<List<Size>> split(Call call, int output) {
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    OptionalInt axis = Call.axis(call.node().integer("axis", 0), input.get().size());
    if (axis.isEmpty()) {
      return Optional.empty();
    }
    List<Size> result = new ArrayList<>(input.get());
    result.set(axis.getAsInt(), part(call, input.get().get(axis.getAsInt()), output));
    return Optional.of(result);
  }

  private static Size part(Call call, Size whole, int output) {
    if (!call.isLeftOut("split", 1)) {
      return call.numbers("split", 1)
          .filter(parts -> output < parts.size())
          .map(parts -> Size.of(parts.get(output)))
          .orElse(Size.UNKNOWN);
    }
    boolean mayBeUneven = call.node().hasAttribute("num_outputs");
    long parts = call.node().integer("num_outputs", call.node().outputCount());
    if (parts < 1 || output >= parts) {
      return Size.UNKNOWN;
    }
    if (!mayBeUneven) {
      return whole.floorDivide(parts);
    }
    // Rounded up, and what is missing is missing from the last part.
    Size part = whole.plus(parts - 1).floorDivide(parts);
    return output < parts - 1 ? part : whole.minus(part.times(Size.of(parts - 1)));
  }

  static Optional<List<Size>> concat(Call call) {
    Optional<List<Size>> first = call.sizes(0);
    OptionalInt axis = Call.axis(call.node().integer("axis", 1), first.map(List::size).orElse(0));
    if (first.isEmpty() || axis.isEmpty()) {
      return Optional.empty();
    }
    List<Size> result = new ArrayList<>(first.get());
    result.set(axis.getAsInt(), Size.ZERO);
    for (Value input : call.node().inputs()) {
      Optional<List<Size>> part = call.sizes(input).filter(sizes -> sizes.size() == result.size());
      for (int i = 0; i < result.size(); i++) {
        Size size = part.isPresent() ? part.get().get(i) : Size.UNKNOWN;
        boolean isNews = result.get(i).fixed().isEmpty() && size.fixed().isPresent();
        if (i == axis.getAsInt()) {
          result.set(i, result.get(i).plus(size));
        } else if (isNews) {
          result.set(i, size);
        }
      }
    }
    return Optional.of(result);
  }

  static Optional<List<Size>> pad(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    int rank = input.get().size();
    Optional<List<Size>> amounts = bounds(call, "pads", 1);
    Optional<List<Integer>> axes =
        call.isLeftOut("axes", 3)
            ? Optional.of(IntStream.range(0, rank).boxed().toList())
            : call.numbers("axes", 3).flatMap(list -> Call.axes(list, rank));
    int count = axes.map(List::size).orElse(-1);
    if (amounts.isEmpty() || amounts.get().size() != 2 * count) {
      return Optional.of(Call.unknown(rank));
    }
    List<Size> result = new ArrayList<>(input.get());
    for (int i = 0; i < count; i++) {
      int axis = axes.orElseThrow().get(i);
      Size before = amounts.get().get(i);
      result.set(axis, result.get(axis).plus(before).plus(amounts.get().get(count + i)));
    }
    return Optional.of(result);
  }
}
