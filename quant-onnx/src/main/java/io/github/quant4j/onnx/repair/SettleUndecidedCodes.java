/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import java.util.List;
import java.util.Optional;

/**
 * Settles uint8 codes with zero point 0 of which {@link ZeroPointEvidence} cannot tell what they
 * are (R05): as {@link ObservedReading} tells from calibration, else as the user said, one way for
 * the whole model. Signed ones keep their scale, unsigned ones become int8 at 255/127 of it.
 * Without either they are refused: read the wrong way, a model loses a bit or saturates at half its
 * range.
 */
final class SettleUndecidedCodes implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    ZeroPointEvidence evidence = ZeroPointEvidence.of(context);
    if (evidence.verdict() != ZeroPointEvidence.Verdict.UNDECIDED) {
      return false;
    }
    Optional<ObservedReading> answer =
        ObservedReading.of(context, evidence.unsigned())
            .or(
                () ->
                    context
                        .options()
                        .undecided()
                        .map(reading -> new ObservedReading(reading, "as the options say")));
    if (answer.isEmpty()) {
      refuse(context, evidence.unsigned());
      return false;
    }
    return settle(context, evidence.unsigned(), answer.get());
  }

  private static void refuse(RepairContext context, List<AffineActivation> unsigned) {
    String why =
        context.options().ranges().isPresent()
            ? "the observed values speak for neither reading"
            : "the codes may be int8 of the wrong type or uint8";
    for (AffineActivation activation : unsigned) {
      context.refused(
          Defect.UNDECIDED_CODES,
          activation.site(),
          activation.description(),
          why
              + "; give ranges from calibration, or say whether undecided codes are signed or"
              + " unsigned");
    }
  }

  private static boolean settle(
      RepairContext context, List<AffineActivation> unsigned, ObservedReading answer) {
    CodeRewriting rewriting = new CodeRewriting(context);
    boolean isChanged = false;
    for (AffineActivation activation : unsigned) {
      isChanged |=
          switch (answer.reading()) {
            case SIGNED ->
                rewriting.readAsSigned(
                    activation, Defect.UNDECIDED_CODES, "signed, " + answer.reason());
            case UNSIGNED ->
                rewriting.center(
                    activation, Defect.UNDECIDED_CODES, ": unsigned, " + answer.reason());
          };
    }
    return isChanged;
  }
}
