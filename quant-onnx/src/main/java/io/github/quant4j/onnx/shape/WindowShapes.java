/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shapes of operators that slide a window over the spatial axes of [N, C, spatial...].
 *
 * <p>Along one axis, with input size n, window k, dilation d, stride s and padding p in all:
 *
 * <pre>
 * output = floor((n + p - d * (k - 1) - 1) / s) + 1        ceil instead of floor with ceil_mode
 * output = ceil(n / s)                                     with auto_pad SAME_UPPER or SAME_LOWER
 * </pre>
 *
 * <p>A named or unknown n comes out as it went in where the formula gives n for every n.
 *
 * <p>With ceil_mode a last window that would start in the padding on the right is left out. Source:
 * ONNX operators Conv (opset 11) and MaxPool (opset 12).
 */
final class WindowShapes {
  private WindowShapes() {}

  static Optional<List<Dimension>> convolution(Node node, ShapeInference known) {
    Optional<List<Dimension>> input = OperatorShapes.input(node, 0, known);
    Optional<List<Dimension>> weight = OperatorShapes.input(node, 1, known);
    if (weight.isEmpty() || weight.get().size() < 3) {
      return Optional.empty();
    }
    List<Dimension> kernel = weight.get().subList(2, weight.get().size());
    Dimension batch =
        input
            .filter(found -> !found.isEmpty())
            .map(found -> found.get(0))
            .orElse(Dimension.unknown());
    return Optional.of(slide(node, input, kernel, batch, weight.get().get(0)));
  }

  static Optional<List<Dimension>> pooling(Node node, ShapeInference known) {
    Optional<List<Dimension>> input = OperatorShapes.input(node, 0, known);
    Optional<List<Long>> window = node.integers("kernel_shape");
    if (input.isEmpty() || window.isEmpty() || input.get().size() != window.get().size() + 2) {
      return Optional.empty();
    }
    List<Dimension> kernel =
        window.get().stream()
            .map(size -> size > 0 ? Dimension.of(size) : Dimension.unknown())
            .toList();
    return Optional.of(slide(node, input, kernel, input.get().get(0), input.get().get(1)));
  }

  private static List<Dimension> slide(
      Node node,
      Optional<List<Dimension>> input,
      List<Dimension> kernel,
      Dimension batch,
      Dimension channels) {
    List<Dimension> result = new ArrayList<>(List.of(batch, channels));
    boolean isKnown = input.isPresent() && input.get().size() == kernel.size() + 2;
    for (int axis = 0; axis < kernel.size(); axis++) {
      Dimension size = isKnown ? input.get().get(axis + 2) : Dimension.unknown();
      result.add(slide(node, axis, size, kernel.get(axis)));
    }
    return result;
  }

  private static Dimension slide(Node node, int axis, Dimension size, Dimension kernel) {
    long stride = element(node, "strides", axis, 1);
    long dilation = element(node, "dilations", axis, 1);
    if (stride <= 0 || dilation <= 0) {
      return Dimension.unknown();
    }
    if (node.text("auto_pad", "NOTSET").startsWith("SAME")) {
      return divided(size, stride);
    }
    long before = padding(node, axis, 0);
    long after = padding(node, axis, 1);
    if (!(kernel instanceof Dimension.Fixed window) || isHuge(window.size(), dilation, stride)) {
      return Dimension.unknown();
    }
    if (isHuge(before, after, 0)) {
      return Dimension.unknown();
    }
    long reach = dilation * (window.size() - 1);
    if (stride == 1 && before + after == reach) {
      return size;
    }
    return size instanceof Dimension.Fixed fixed && !isHuge(fixed.size(), 0, 0)
        ? count(node, fixed.size() + before, after - reach - 1, stride)
        : Dimension.unknown();
  }

  /** Counts windows; {@code start} positions lie before the end of the input. */
  private static Dimension count(Node node, long start, long rest, long stride) {
    long room = start + rest;
    if (room < 0) {
      return Dimension.unknown();
    }
    if (node.integer("ceil_mode", 0) == 0) {
      return Dimension.of(room / stride + 1);
    }
    long count = (room + stride - 1) / stride + 1;
    return Dimension.of((count - 1) * stride >= start ? count - 1 : count);
  }

  private static Dimension divided(Dimension size, long stride) {
    if (stride == 1) {
      return size;
    }
    return size instanceof Dimension.Fixed fixed && !isHuge(fixed.size(), stride, 0)
        ? Dimension.of((fixed.size() - 1 + stride) / stride)
        : Dimension.unknown();
  }

  private static long padding(Node node, int axis, int side) {
    int axes = node.integers("pads").map(List::size).orElse(0) / 2;
    boolean isPadded = axis < axes && !node.text("auto_pad", "NOTSET").equals("VALID");
    return isPadded ? element(node, "pads", side * axes + axis, 0) : 0;
  }

  private static long element(Node node, String attribute, int index, long absent) {
    return node.integers(attribute)
        .filter(list -> index < list.size())
        .map(list -> list.get(index))
        .orElse(absent);
  }

  /** Tells whether a number is negative or so large that sums and products could overflow. */
  private static boolean isHuge(long a, long b, long c) {
    return a < 0 || b < 0 || c < 0 || Math.max(a, Math.max(b, c)) > Integer.MAX_VALUE;
  }
}
