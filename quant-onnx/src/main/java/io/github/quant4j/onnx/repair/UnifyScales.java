/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import java.util.List;
import java.util.Optional;

/**
 * R14: tensors that are quantized again with another scale.
 *
 * <ol>
 *   <li>A pair whose result becomes nothing but other pairs, directly or through operators that
 *       commute with rounding, goes: the tensor is rounded once, with the scale its readers chose.
 *       Values beyond 127 of the scale that goes are no longer cut there.
 *   <li>A pair right on the result of another that has readers of its own, or on the same tensor,
 *       is kept: both scales have readers that were measured with them.
 *   <li>Around a MaxPool, nearest Resize or Concat all pairs take one scale, see {@link
 *       ScaleUnions}, so that codes pass through unchanged.
 *   <li>A Concat of inputs whose scales are more than {@value ScaleUnions#LARGEST_RATIO} times
 *       apart reads them without pairs, and its output keeps the one it has (P34).
 * </ol>
 */
final class UnifyScales implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    boolean isChanged = false;
    for (Int8Pair pair : Int8Pair.all(context.graph())) {
      isChanged |= removePassing(context, pair);
    }
    for (Int8Pair pair : Int8Pair.all(context.graph())) {
      Int8Pair.behind(pair.tensor())
          .or(() -> Int8Pair.on(pair.tensor()))
          .filter(first -> !first.hasScaleOf(pair))
          .ifPresent(first -> keep(context, first, pair));
    }
    ScaleUnions unions = ScaleUnions.of(context.graph());
    isChanged |= unions.separate(context);
    isChanged |= unions.unify(context);
    return isChanged;
  }

  private static boolean removePassing(RepairContext context, Int8Pair pair) {
    Optional<List<Int8Pair>> behind =
        pair.isInternal() ? Int8Operators.pairsBehind(pair.result()) : Optional.empty();
    if (behind.isEmpty()) {
      return false;
    }
    Int8Pair last = behind.get().get(0);
    context.repaired(
        Defect.REQUANTIZATION,
        pair.site(),
        "its scale is %s, and all that is made of it is quantized again, \"%s\" with scale %s"
            .formatted(pair.scale(), last.tensor(), last.scale()),
        "the first pair is removed: one rounding less");
    pair.remove(context.rewriter());
    return true;
  }

  private static void keep(RepairContext context, Int8Pair first, Int8Pair second) {
    context.kept(
        Defect.REQUANTIZATION,
        second.site(),
        "\"%s\" has scale %s and is quantized again with scale %s"
            .formatted(first.tensor(), first.scale(), second.scale()),
        "both are kept, since both have readers that were measured with them");
  }
}
