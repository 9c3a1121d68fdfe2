/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Shapes of operators that slide a window over the spatial axes of [N, C, spatial...].
 *
 * <p>Along one axis, with input size n, window k, dilation d, stride s and padding p in all:
 *
 * <pre>
 * output = floor((n + p - d * (k - 1) - 1) / s) + 1        ceil instead of floor with ceil_mode
 * output = ceil(n / s)                                     with auto_pad SAME_UPPER or SAME_LOWER
 * transposed, with output padding o:
 * output = s * (n - 1) + o + d * (k - 1) + 1 - p
 * output = s * n                                           with auto_pad SAME_UPPER or SAME_LOWER
 * </pre>
 *
 * <p>With ceil_mode a last window that would start in the padding on the right is left out. Source:
 * ONNX operators Conv (opset 11), ConvTranspose (opset 11) and MaxPool (opset 12).
 */
final class WindowShapes {
  private WindowShapes() {}

  static Optional<List<Size>> convolution(Call call, int weightInput) {
    Optional<List<Size>> input = call.sizes(0);
    Optional<List<Size>> weight = call.sizes(weightInput, 3);
    if (weight.isEmpty()) {
      return Optional.empty();
    }
    List<Size> kernel = weight.get().subList(2, weight.get().size());
    return Optional.of(slide(call.node(), input, kernel, weight.get().get(0)));
  }

  static Optional<List<Size>> pooling(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    Optional<List<Long>> window = call.node().integers("kernel_shape");
    if (input.isEmpty() || window.isEmpty() || input.get().size() != window.get().size() + 2) {
      return Optional.empty();
    }
    List<Size> kernel =
        window.get().stream().map(size -> size > 0 ? Size.of(size) : Size.UNKNOWN).toList();
    return Optional.of(slide(call.node(), input, kernel, input.get().get(1)));
  }

  static Optional<List<Size>> transposed(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    Optional<List<Size>> weight = call.sizes(1, 3);
    if (weight.isEmpty()) {
      return Optional.empty();
    }
    int axes = weight.get().size() - 2;
    Size channels = weight.get().get(1).times(Size.of(call.node().integer("group", 1)));
    List<Size> result = new ArrayList<>(List.of(batch(input), channels));
    for (int axis = 0; axis < axes; axis++) {
      Size kernel = weight.get().get(axis + 2);
      result.add(new Window(call.node(), axis, axes).spread(spatial(input, axis, axes), kernel));
    }
    return Optional.of(result);
  }

  private static List<Size> slide(
      Node node, Optional<List<Size>> input, List<Size> kernel, Size channels) {
    List<Size> result = new ArrayList<>(List.of(batch(input), channels));
    for (int axis = 0; axis < kernel.size(); axis++) {
      Size size = spatial(input, axis, kernel.size());
      result.add(new Window(node, axis, kernel.size()).slide(size, kernel.get(axis)));
    }
    return result;
  }

  private static Size batch(Optional<List<Size>> input) {
    return input.filter(sizes -> !sizes.isEmpty()).map(sizes -> sizes.get(0)).orElse(Size.UNKNOWN);
  }

  private static Size spatial(Optional<List<Size>> input, int axis, int axes) {
    return input
        .filter(sizes -> sizes.size() == axes + 2)
        .map(sizes -> sizes.get(axis + 2))
        .orElse(Size.UNKNOWN);
  }

  /** What a node says of its window along one spatial axis. */
  private record Window(Node node, int axis, int axes) {

    Size slide(Size size, Size kernel) {
      long stride = element("strides", axis, 1);
      OptionalLong reach = reach(kernel);
      if (stride <= 0 || reach.isEmpty() || isHuge(stride, padding(0), padding(1))) {
        return Size.UNKNOWN;
      }
      if (isSame()) {
        return size.plus(stride - 1).floorDivide(stride);
      }
      Size room = size.plus(padding(0) + padding(1) - reach.getAsLong() - 1);
      OptionalLong fixed = room.fixed();
      if (fixed.isPresent() && fixed.getAsLong() < 0) {
        return Size.UNKNOWN;
      }
      if (node.integer("ceil_mode", 0) == 0) {
        return room.floorDivide(stride).plus(1);
      }
      Size windows = room.plus(stride - 1).floorDivide(stride);
      // The last window starts at (windows * stride); it must not lie behind input and left border.
      if (stride - 2 + padding(1) < reach.getAsLong()) {
        return windows.plus(1);
      }
      OptionalLong count = windows.fixed();
      OptionalLong end = size.plus(padding(0)).fixed();
      if (count.isEmpty() || end.isEmpty()) {
        return Size.UNKNOWN;
      }
      long last = Math.floorDiv(end.getAsLong() - 1, stride);
      return count.getAsLong() > last ? windows : windows.plus(1);
    }

    Size spread(Size size, Size kernel) {
      Optional<List<Long>> declared = node.integers("output_shape");
      if (declared.isPresent()) {
        int index = axis + declared.get().size() - axes;
        return index >= 0 ? Size.of(declared.get().get(index)) : Size.UNKNOWN;
      }
      long stride = element("strides", axis, 1);
      OptionalLong reach = reach(kernel);
      long more = element("output_padding", axis, 0);
      if (stride <= 0 || reach.isEmpty() || isHuge(stride, padding(0), padding(1))) {
        return Size.UNKNOWN;
      }
      if (isSame()) {
        return size.times(Size.of(stride));
      }
      return isHuge(more, 0, 0)
          ? Size.UNKNOWN
          : size.plus(-1)
              .times(Size.of(stride))
              .plus(more + reach.getAsLong() + 1 - padding(0) - padding(1));
    }

    private boolean isSame() {
      return node.text("auto_pad", "NOTSET").startsWith("SAME");
    }

    /** Returns how far the last element of the window lies from the first, empty if not known. */
    private OptionalLong reach(Size kernel) {
      long dilation = element("dilations", axis, 1);
      OptionalLong window = kernel.fixed();
      boolean isSound =
          window.isPresent()
              && window.getAsLong() > 0
              && dilation > 0
              && !isHuge(window.getAsLong(), dilation, 0);
      return isSound ? OptionalLong.of(dilation * (window.getAsLong() - 1)) : OptionalLong.empty();
    }

    private long padding(int side) {
      int listed = node.integers("pads").map(List::size).orElse(0) / 2;
      boolean isPadded = axis < listed && !node.text("auto_pad", "NOTSET").equals("VALID");
      return isPadded ? element("pads", side * listed + axis, 0) : 0;
    }

    private long element(String attribute, int index, long absent) {
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
}
