/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * R12: the skip of a residual Add reads its tensor through a pair, so that the kernel of the
 * convolution that takes the Add has int8 on all sides (P39, P41).
 *
 * <ol>
 *   <li>A tensor that has a pair for other readers is read through that.
 *   <li>One made of a quantized tensor by operators that commute with rounding gets a pair of that
 *       tensor's scale, which changes no number.
 *   <li>Else data tells the scale, {@code absmax / 127}; without data the Add is refused.
 * </ol>
 *
 * <p>Runs before {@link RemovePairsBeforeResidualAdds}, which leaves an operand bare only when the
 * other has its pair. Of two branches that could be fused one bare and one with a pair is right.
 */
final class PairSkips implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    PairInsertion insertion = new PairInsertion(context);
    boolean isChanged = false;
    for (ResidualAdd residual : ResidualAdd.of(context.graph(), context.shapes())) {
      boolean isSettled = residual.hasChoice() && residual.mainPair().isPresent();
      if (residual.skipPair().isEmpty()
          && !isSettled
          && residual.skip().type().mayBe(ElementType.FLOAT)) {
        isChanged |= pair(context, insertion, residual);
      }
    }
    return isChanged;
  }

  private static boolean pair(
      RepairContext context, PairInsertion insertion, ResidualAdd residual) {
    Node add = residual.add();
    Value skip = residual.skip();
    Site site = Site.of(add, skip);
    String found = "\"%s\" is read as it is".formatted(skip);
    Optional<Int8Pair> standing = Int8Pair.on(skip);
    Optional<Float> inherited = Int8Operators.pairBefore(skip).map(Int8Pair::scale);
    Optional<Float> scale = inherited.or(() -> context.observedScale(skip));
    if (standing.isEmpty() && scale.isEmpty()) {
      context.refused(
          Defect.BARE_SKIP,
          site,
          found,
          "its scale is not known; give ranges that hold \"%s\"".formatted(skip));
      return false;
    }
    Value result =
        standing.isPresent()
            ? insertion.resultBefore(add, standing.get())
            : insertion.insertBefore(add, skip, scale.orElseThrow());
    context.rewriter().replaceInput(new Use(add, 1 - residual.main()), result);
    context.repaired(
        Defect.BARE_SKIP,
        site,
        found,
        standing.isPresent()
            ? "it is read through the pair of scale %s it has".formatted(standing.get().scale())
            : "it has a pair of scale %s, %s"
                .formatted(
                    scale.orElseThrow(),
                    inherited.isPresent() ? "that of its source" : "as data was observed"));
    return true;
  }
}
