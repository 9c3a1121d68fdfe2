/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

/**
 * Corrects zero points that are declared uint8 although the codes are int8 (R03), where {@link
 * ZeroPointEvidence} tells so: the type becomes int8, bits and scale stay. Affine codes, uint8 253
 * for -3, are left for {@link CenterSignedCodes}.
 */
final class ReadCodesAsSigned implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    ZeroPointEvidence evidence = ZeroPointEvidence.of(context);
    if (evidence.verdict() != ZeroPointEvidence.Verdict.SIGNED) {
      return false;
    }
    CodeRewriting rewriting = new CodeRewriting(context);
    boolean isChanged = false;
    for (AffineActivation activation : evidence.unsigned()) {
      isChanged |=
          rewriting.readAsSigned(
              activation, Defect.SIGNED_CODES_DECLARED_UNSIGNED, evidence.reason());
    }
    return isChanged;
  }
}
