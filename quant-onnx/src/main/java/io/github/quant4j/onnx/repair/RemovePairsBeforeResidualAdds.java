/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Use;
import java.util.Optional;

/**
 * R10: of the two pairs before a residual Add, that on the branch the Add is fused with goes; the
 * other stays, as do both where no branch ends in a convolution of its own (P39, P40, P42).
 *
 * <p>A branch is a quantized Conv, ConvTranspose or Gemm, then BatchNormalization, Identity, and
 * Add or Mul with constants, each read by nothing else; an activation ends the walk back (P43). Of
 * two such branches it is the longer from their common ancestor, on a tie input 1. Operands of
 * different or unknown shapes are left alone, since a kernel with broadcasting cannot be fused.
 *
 * <p>What the Add reads is no longer rounded, so it changes by half a scale at most.
 */
final class RemovePairsBeforeResidualAdds implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    boolean isChanged = false;
    for (ResidualAdd residual : ResidualAdd.of(context.graph(), context.shapes())) {
      Optional<Int8Pair> pair = residual.mainPair();
      if (pair.isPresent() && residual.skipPair().isPresent()) {
        remove(context, residual, pair.get());
        isChanged = true;
      }
    }
    return isChanged;
  }

  private static void remove(RepairContext context, ResidualAdd residual, Int8Pair pair) {
    context.repaired(
        Defect.PAIR_BEFORE_RESIDUAL_ADD,
        Site.of(residual.add(), pair.tensor()),
        "input %s is read through a pair of scale %s".formatted(residual.main(), pair.scale()),
        "input %s is read as it is%s; input %s keeps its pair"
            .formatted(
                residual.main(),
                residual.hasChoice() ? ", being the longer of two branches" : "",
                1 - residual.main()));
    context.rewriter().replaceInput(new Use(residual.add(), residual.main()), pair.tensor());
    pair.removeIfUnused(context.rewriter());
  }
}
