/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Shapes of operators that sample a picture anew.
 *
 * <pre>
 * output = floor(input * scale)
 * </pre>
 *
 * <p>Where float32 arithmetic could round this to another number, nothing is said. Source: ONNX
 * operators Resize (opset 19; two inputs only in opset 10), Upsample (opset 9), GridSample (opset
 * 20) and RoiAlign (opset 16).
 */
final class ResizeShapes {
  private ResizeShapes() {}

  static Optional<List<Size>> resize(Call call) {
    boolean isFirstForm = call.node().inputCount() == 2;
    Optional<Elements> scales = nonEmpty(call, isFirstForm ? 1 : 2);
    Optional<Elements> sizes = nonEmpty(call, 3);
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    int rank = input.get().size();
    Optional<List<Integer>> axes =
        call.node().hasAttribute("axes")
            ? call.node().integers("axes").flatMap(list -> Call.axes(list, rank))
            : Optional.of(IntStream.range(0, rank).boxed().toList());
    boolean isStretched = call.node().text("keep_aspect_ratio_policy", "stretch").equals("stretch");
    Elements factors = sizes.or(() -> scales).orElse(new Elements(true, false, List.of()));
    if (axes.isEmpty() || !isStretched || factors.count() != axes.get().size()) {
      return Optional.of(Call.unknown(rank));
    }
    List<Size> result = new ArrayList<>(input.get());
    for (int i = 0; i < factors.count(); i++) {
      int axis = axes.get().get(i);
      boolean isSize = sizes.isPresent();
      result.set(
          axis, isSize ? factors.integer(i) : scaled(result.get(axis), factors.list().get(i)));
    }
    return Optional.of(result);
  }

  /** Returns the contents of an input that an empty tensor leaves out. */
  private static Optional<Elements> nonEmpty(Call call, int input) {
    return call.elements(input).filter(elements -> elements.count() > 0);
  }

  static Optional<List<Size>> upsample(Call call) {
    Optional<Elements> scales =
        call.node().reals("scales").map(ResizeShapes::elements).or(() -> call.elements(1));
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty() || scales.isEmpty() || scales.get().count() != input.get().size()) {
      return input.map(sizes -> Call.unknown(sizes.size()));
    }
    List<Size> result = new ArrayList<>();
    for (int axis = 0; axis < input.get().size(); axis++) {
      result.add(scaled(input.get().get(axis), scales.get().list().get(axis)));
    }
    return Optional.of(result);
  }

  private static Elements elements(List<Float> numbers) {
    return new Elements(true, true, numbers.stream().map(Element::of).toList());
  }

  private static Size scaled(Size size, Element scale) {
    OptionalLong factor = scale.numerator().fixed();
    OptionalLong fixed = size.fixed();
    if (factor.isEmpty() || factor.getAsLong() < 0) {
      return Size.UNKNOWN;
    }
    Size exact = size.times(scale.numerator()).floorDivide(scale.denominator());
    if (fixed.isEmpty()) {
      return scale.isSmall() ? exact : Size.UNKNOWN;
    }
    float rounded = (float) fixed.getAsLong() * ((float) factor.getAsLong() / scale.denominator());
    return exact.isFixed((long) rounded) ? exact : Size.UNKNOWN;
  }

  /** Samples one picture per grid: [N, C] of the input, the spatial sizes of the grid. */
  static Optional<List<Size>> gridSample(Call call) {
    Optional<List<Size>> input = call.sizes(0, 3);
    Optional<List<Size>> grid = call.sizes(1, 3);
    if (input.isEmpty() || grid.isEmpty()) {
      return Optional.empty();
    }
    List<Size> result = new ArrayList<>(input.get().subList(0, 2));
    result.addAll(grid.get().subList(1, grid.get().size() - 1));
    return Optional.of(result);
  }

  static Optional<List<Size>> roiAlign(Call call) {
    Node node = call.node();
    Size regions = call.sizes(1, 1).map(sizes -> sizes.get(0)).orElse(Size.UNKNOWN);
    Size channels = call.sizes(0, 2).map(sizes -> sizes.get(1)).orElse(Size.UNKNOWN);
    return Optional.of(
        List.of(
            regions,
            channels,
            Size.of(node.integer("output_height", 1)),
            Size.of(node.integer("output_width", 1))));
  }
}
