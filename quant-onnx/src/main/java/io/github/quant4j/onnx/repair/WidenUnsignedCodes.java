/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import java.util.List;

/**
 * Replaces truly unsigned codes from 0, as {@link ZeroPointEvidence} tells them, by int8 codes at
 * 255/127 of the scale (R04), see {@link CoveringScales}. They cover the same range with half as
 * many steps; the error is at most half the new scale.
 */
final class WidenUnsignedCodes implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    OutsideCodes.refuse(context, Defect.UNSIGNED_CODES);
    ZeroPointEvidence evidence = ZeroPointEvidence.of(context);
    if (evidence.verdict() != ZeroPointEvidence.Verdict.UNSIGNED) {
      return false;
    }
    List<AffineActivation> fromZero =
        evidence.unsigned().stream().filter(AffineActivation::beginsAtZero).toList();
    return CodeRewriting.center(context, fromZero, Defect.UNSIGNED_CODES);
  }
}
