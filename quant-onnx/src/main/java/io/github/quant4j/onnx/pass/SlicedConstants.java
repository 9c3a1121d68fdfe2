/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Slice of constants. Positions below 0 count from the end and all are cut to the axis; a step may
 * go backwards. Source: ONNX operator Slice, opsets 1, 10 and 13.
 */
final class SlicedConstants {
  private SlicedConstants() {}

  static Optional<ConstantResult> slice(Node node, Tensor data) {
    Optional<List<Long>> starts = numbers(node, 1, "starts");
    Optional<List<Long>> ends = numbers(node, 2, "ends");
    int count = starts.map(List::size).orElse(0);
    Optional<List<Long>> axes =
        node.input(3).isPresent() || node.hasAttribute("axes")
            ? numbers(node, 3, "axes")
            : Optional.of(LongStream.range(0, count).boxed().toList());
    Optional<List<Long>> steps =
        node.input(4).isPresent()
            ? ReshapedConstants.indices(node, 4)
            : Optional.of(Collections.nCopies(count, 1L));
    boolean isOneEach =
        Stream.of(starts, ends, axes, steps)
            .allMatch(numbers -> numbers.map(List::size).equals(Optional.of(count)));
    if (!isOneEach
        || steps.orElseThrow().contains(0L)
        || ReshapedConstants.distinct(axes.orElseThrow(), data.shape().rank()).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        view(
                data,
                starts.orElseThrow(),
                ends.orElseThrow(),
                axes.orElseThrow(),
                steps.orElseThrow())
            .result());
  }

  private static Optional<List<Long>> numbers(Node node, int input, String attribute) {
    return node.input(input).isPresent()
        ? ReshapedConstants.indices(node, input)
        : node.integers(attribute);
  }

  private static StridedView view(
      Tensor data, List<Long> starts, List<Long> ends, List<Long> axes, List<Long> steps) {
    long[] dimensions = data.shape().toArray();
    long[] strides = StridedRows.contiguous(data.shape());
    long first = 0;
    for (int i = 0; i < starts.size(); i++) {
      OptionalInt axis = ReshapedConstants.axis(axes.get(i), dimensions.length);
      int a = axis.orElseThrow();
      long step = steps.get(i);
      long size = dimensions[a];
      long start = position(starts.get(i), size, step);
      long length = length(start, position(ends.get(i), size, step), step);
      first += length == 0 ? 0 : start * strides[a];
      dimensions[a] = length;
      strides[a] *= length <= 1 ? 0 : step;
    }
    return new StridedView(data, first, Shape.of(dimensions), strides);
  }

  private static long position(long declared, long size, long step) {
    long position = declared < 0 ? declared + size : declared;
    long lowest = step > 0 ? 0 : -1;
    long highest = step > 0 ? size : size - 1;
    return Math.max(lowest, Math.min(highest, position));
  }

  private static long length(long start, long end, long step) {
    if (step > 0) {
      return end > start ? (end - start - 1) / step + 1 : 0;
    }
    return end < start ? (end - start + 1) / step + 1 : 0;
  }
}
