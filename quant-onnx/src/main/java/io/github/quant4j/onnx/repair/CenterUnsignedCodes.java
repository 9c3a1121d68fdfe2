/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import java.util.List;

/**
 * Replaces uint8 codes with a zero point z above 0 by int8 codes around 0 at {@code max(z, 255 - z)
 * / 127} of the scale (R06): 1.008 for 128, 1.504 for 64, 1.748 for 33. The error is at most half
 * the new scale, and nothing in the old range saturates; see {@link CoveringScales}.
 */
final class CenterUnsignedCodes implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    OutsideCodes.refuse(context, Defect.ASYMMETRIC_UNSIGNED_CODES);
    List<AffineActivation> asymmetric =
        AffineActivation.of(context.graph()).stream()
            .filter(activation -> activation.isUnsigned() && !activation.beginsAtZero())
            .toList();
    return CodeRewriting.center(context, asymmetric, Defect.ASYMMETRIC_UNSIGNED_CODES);
  }
}
