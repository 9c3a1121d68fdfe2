/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import java.util.List;

/**
 * Replaces int8 codes with a zero point z other than 0 by codes around 0 at {@code max(z + 128, 127
 * - z) / 127} of the scale (R07): 255/127 for the -128 of what is never negative. The error is at
 * most half the new scale, and nothing in the old range saturates; see {@link CoveringScales}.
 */
final class CenterSignedCodes implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    OutsideCodes.refuse(context, Defect.ASYMMETRIC_SIGNED_CODES);
    List<AffineActivation> asymmetric =
        AffineActivation.of(context.graph()).stream()
            .filter(activation -> !activation.isUnsigned() && !activation.isSymmetricInt8())
            .toList();
    return CodeRewriting.center(context, asymmetric, Defect.ASYMMETRIC_SIGNED_CODES);
  }
}
