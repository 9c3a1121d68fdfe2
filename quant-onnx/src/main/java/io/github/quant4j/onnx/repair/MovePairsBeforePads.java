/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.Optional;

/**
 * R16: a pair between a Pad of zeros and a convolution moves before the Pad, so that TensorRT makes
 * the Pad part of the convolution. Zero has code 0, so every result stays as it was, bit for bit,
 * but in case 2.
 *
 * <ol>
 *   <li>A source that has a pair of the same scale keeps it, and the second goes.
 *   <li>A source whose pair of another scale serves the Pad alone loses that, which is told as R14:
 *       one rounding less.
 *   <li>A source that is quantized with another scale for other readers too is left alone: one
 *       tensor has one scale.
 * </ol>
 */
final class MovePairsBeforePads implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    PairInsertion insertion = new PairInsertion(context);
    boolean isChanged = false;
    for (Int8Pair pair : Int8Pair.all(context.graph())) {
      Optional<Node> pad =
          pair.tensor()
              .producer()
              .filter(node -> OperatorClass.isZeroPad(node) && pair.tensor().hasSingleReader());
      if (pad.isPresent() && pair.isInternal() && isReadByConvolution(pair.result())) {
        isChanged |= move(context, insertion, pad.get(), pair);
      }
    }
    return isChanged;
  }

  private static boolean isReadByConvolution(Value value) {
    return value.uses().stream().anyMatch(use -> use.node().is("Conv", "ConvTranspose"));
  }

  private static boolean move(
      RepairContext context, PairInsertion insertion, Node pad, Int8Pair pair) {
    Value input = pad.requiredInput(0);
    Optional<Int8Pair> before = Int8Pair.behind(input);
    Value source = before.map(Int8Pair::tensor).orElse(input);
    Optional<Int8Pair> standing = before.or(() -> Int8Pair.on(source));
    boolean isEqual = standing.filter(pair::hasScaleOf).isPresent();
    boolean isReplaceable = before.isPresent() && input.hasSingleReader();
    String found = "a pair of scale %s stands behind the Pad".formatted(pair.scale());
    if (standing.isPresent() && !isEqual && !isReplaceable) {
      context.kept(
          Defect.PAIR_BEHIND_PAD,
          pair.site(),
          found,
          "\"%s\" is quantized with scale %s for other readers, so the pair stays"
              .formatted(source, standing.get().scale()));
      return false;
    }
    Value result =
        isEqual
            ? insertion.resultBefore(pad, standing.get())
            : insertion.insertBefore(pad, source, pair.scale());
    context.rewriter().replaceInput(new Use(pad, 0), result);
    if (!isEqual) {
      before.ifPresent(replaced -> removeReplaced(context, replaced, pair));
    }
    pair.remove(context.rewriter());
    context.repaired(
        Defect.PAIR_BEHIND_PAD,
        Site.of(pad, source),
        found,
        isEqual
            ? "the Pad reads the pair of \"%s\", which has that scale; the second is removed"
                .formatted(source)
            : "the pair is moved to \"%s\", before the Pad".formatted(source));
    return true;
  }

  private static void removeReplaced(RepairContext context, Int8Pair replaced, Int8Pair pair) {
    context.repaired(
        Defect.REQUANTIZATION,
        replaced.site(),
        "its scale is %s, and behind the Pad \"%s\" is quantized again with scale %s"
            .formatted(replaced.scale(), pair.tensor(), pair.scale()),
        "the first pair is removed: one rounding less");
    replaced.removeIfUnused(context.rewriter());
  }
}
