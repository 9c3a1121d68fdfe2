/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Shapes of operators that keep the elements and their number. Source: ONNX operators Flatten,
 * Transpose, Reshape (opset 14), Squeeze and Unsqueeze (axes as an attribute before opset 13),
 * DepthToSpace and SpaceToDepth (opset 13).
 */
final class ReshapeShapes {
  private static final Size UNKNOWN = Size.UNKNOWN;

  private ReshapeShapes() {}

  static Optional<List<Size>> flatten(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty()) {
      return Optional.of(Call.unknown(2));
    }
    int rank = input.get().size();
    long declared = call.node().integer("axis", 1);
    OptionalInt axis = declared == rank ? OptionalInt.of(rank) : Call.axis(declared, rank);
    if (axis.isEmpty()) {
      return Optional.empty();
    }
    List<Size> rows = input.get().subList(0, axis.getAsInt());
    List<Size> columns = input.get().subList(axis.getAsInt(), rank);
    return Optional.of(List.of(Size.product(rows), Size.product(columns)));
  }

  static Optional<List<Size>> transpose(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    int rank = input.get().size();
    List<Long> order =
        call.node()
            .integers("perm")
            .orElseGet(() -> LongStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList());
    if (order.size() != rank || order.stream().anyMatch(from -> from < 0 || from >= rank)) {
      return Optional.empty();
    }
    return Optional.of(order.stream().map(from -> input.get().get(from.intValue())).toList());
  }

  /** Copies the size where the target says 0, and computes the one size that is left open. */
  static Optional<List<Size>> reshape(Call call) {
    Optional<List<Size>> target =
        call.node()
            .integers("shape")
            .map(list -> list.stream().map(Size::of).toList())
            .or(() -> call.elements(1).filter(Elements::isVector).map(Elements::integers));
    if (target.isEmpty()) {
      return call.length(1).map(Call::unknown);
    }
    Optional<List<Size>> input = call.sizes(0);
    List<Size> result = new ArrayList<>();
    for (Size size : target.get()) {
      boolean isCopied = size.isFixed(0) && call.node().integer("allowzero", 0) == 0;
      int axis = result.size();
      if (isCopied) {
        result.add(
            input.filter(list -> axis < list.size()).map(list -> list.get(axis)).orElse(UNKNOWN));
      } else {
        result.add(size.isNonNegative() ? size : UNKNOWN);
      }
    }
    input.ifPresent(sizes -> closeGap(sizes, result));
    return Optional.of(result);
  }

  /** Computes the size that is missing, if one is: the number of elements stays the same. */
  private static void closeGap(List<Size> input, List<Size> output) {
    int gap = output.indexOf(UNKNOWN);
    if (gap < 0 || gap != output.lastIndexOf(UNKNOWN)) {
      return;
    }
    List<Size> numerator = new ArrayList<>(input);
    List<Size> denominator = new ArrayList<>(output);
    denominator.remove(gap);
    denominator.removeIf(numerator::remove);
    Size divisor = Size.product(denominator);
    output.set(gap, divisor.isFixed(0) ? UNKNOWN : Size.product(numerator).divideExactly(divisor));
  }

  static Optional<List<Size>> squeeze(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    if (call.isLeftOut("axes", 1)) {
      boolean areFixed = input.get().stream().allMatch(size -> size.fixed().isPresent());
      return areFixed
          ? Optional.of(input.get().stream().filter(size -> !size.isFixed(1)).toList())
          : Optional.empty();
    }
    Optional<List<Integer>> axes =
        call.numbers("axes", 1).flatMap(list -> Call.axes(list, input.get().size()));
    return axes.map(
        dropped -> {
          List<Size> kept = new ArrayList<>();
          for (int axis = 0; axis < input.get().size(); axis++) {
            if (!dropped.contains(axis)) {
              kept.add(input.get().get(axis));
            }
          }
          return kept;
        });
  }

  static Optional<List<Size>> unsqueeze(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    Optional<List<Long>> declared = call.numbers("axes", 1);
    if (input.isEmpty() || declared.isEmpty()) {
      return Optional.empty();
    }
    int rank = input.get().size() + declared.get().size();
    Optional<List<Integer>> axes = Call.axes(declared.get(), rank);
    if (axes.isEmpty() || axes.get().stream().distinct().count() != axes.get().size()) {
      return Optional.empty();
    }
    List<Size> result = new ArrayList<>(input.get());
    new TreeSet<>(axes.get()).forEach(axis -> result.add(axis, Size.ONE));
    return Optional.of(result);
  }

  static Optional<List<Size>> depthToSpace(Call call) {
    return blocks(call, false);
  }

  static Optional<List<Size>> spaceToDepth(Call call) {
    return blocks(call, true);
  }

  private static Optional<List<Size>> blocks(Call call, boolean isToDepth) {
    long block = call.node().integer("blocksize", 0);
    Optional<List<Size>> input = call.sizes(0).filter(sizes -> sizes.size() == 4);
    if (input.isEmpty() || block < 1 || block > Short.MAX_VALUE) {
      return Optional.empty();
    }
    List<Size> sizes = input.get();
    Size side = Size.of(block);
    Size area = Size.of(block * block);
    return Optional.of(
        isToDepth
            ? List.of(
                sizes.get(0),
                sizes.get(1).times(area),
                sizes.get(2).floorDivide(block),
                sizes.get(3).floorDivide(block))
            : List.of(
                sizes.get(0),
                sizes.get(1).floorDivide(block * block),
                sizes.get(2).times(side),
                sizes.get(3).times(side)));
  }
}
