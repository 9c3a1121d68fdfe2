/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import io.github.quant4j.onnx.repair.RepairReport;
import io.github.quant4j.ptq.RepairComparison.Subject;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What must hold of a repaired model for what was done to it.
 *
 * <ol>
 *   <li>Where pairs were only merged or moved past operators that commute with rounding, its
 *       outputs are those of the baseline, bit by bit.
 *   <li>Where pairs went away or came, they keep an SQNR of {@value #SMALLEST_SQNR} dB: below what
 *       is seen of models that are noisy as they come, above what a mistake leaves. With a float
 *       model that is not asked for, since it tells which of the two is nearer.
 *   <li>Against the float model it is not worse than the source by more than {@value #TOLERANCE}
 *       dB, or {@value #LOSS_OF_RESCALING} dB where scales had to be widened: twofold at most,
 *       which is 6.05 dB of noise. Where something is rounded that was not, or with a scale that is
 *       not its own, no figure holds for all models, and {@value #SMALLEST_SQNR} dB are enough.
 * </ol>
 */
final class RepairChecks {
  static final double SMALLEST_SQNR = 6;
  static final double TOLERANCE = 0.5;
  static final double LOSS_OF_RESCALING = 6.6;

  /** Repairs after the baseline that may change numbers. */
  private static final Set<Defect> CHANGING =
      EnumSet.of(
          Defect.PAIR_BEFORE_RESIDUAL_ADD,
          Defect.PAIR_BEFORE_EPILOGUE,
          Defect.BARE_SKIP,
          Defect.REQUANTIZATION,
          Defect.FLOAT_WEIGHT,
          Defect.FLOAT_ACTIVATION,
          Defect.PAIR_AT_OUTPUT,
          Defect.UNFOLDED_NORMALIZATION,
          Defect.UNUSED_NODE,
          Defect.ONE_SIDED_POOL,
          Defect.QUANTIZED_BIAS);

  private static final Set<Defect> RESCALING =
      EnumSet.of(
          Defect.UNSIGNED_CODES,
          Defect.UNDECIDED_CODES,
          Defect.ASYMMETRIC_UNSIGNED_CODES,
          Defect.ASYMMETRIC_SIGNED_CODES,
          Defect.ASYMMETRIC_WEIGHT,
          Defect.ACTIVATION_SCALE_PER_CHANNEL,
          Defect.TRANSPOSED_CONVOLUTION_SCALES);

  /** Repairs that round floats, or give a tensor the scale of others or of all samples. */
  private static final Set<Defect> ROUNDING =
      EnumSet.of(
          Defect.COMPUTED_SCALE,
          Defect.BARE_SKIP,
          Defect.REQUANTIZATION,
          Defect.FLOAT_WEIGHT,
          Defect.FLOAT_ACTIVATION,
          Defect.ONE_SIDED_POOL);

  private final boolean mayChange;
  private final boolean isRescaled;
  private final boolean isRounded;

  private RepairChecks(boolean mayChange, boolean isRescaled, boolean isRounded) {
    this.mayChange = mayChange;
    this.isRescaled = isRescaled;
    this.isRounded = isRounded;
  }

  static RepairChecks of(RepairReport report) {
    return new RepairChecks(
        hasRepaired(report, CHANGING),
        hasRepaired(report, RESCALING),
        hasRepaired(report, ROUNDING));
  }

  private static boolean hasRepaired(RepairReport report, Set<Defect> defects) {
    return report.findings().stream()
        .filter(finding -> finding.remedy().outcome() == Outcome.REPAIRED)
        .map(Finding::defect)
        .anyMatch(defects::contains);
  }

  /** Throws where something does not hold. */
  void check(RepairVerification verification) {
    Optional<RepairComparison> source =
        verification.comparison(Subject.SOURCE, Subject.FLOAT_MODEL);
    Optional<RepairComparison> repaired =
        verification.comparison(Subject.REPAIRED, Subject.FLOAT_MODEL);
    boolean isJudged = source.isPresent() && repaired.isPresent();
    verification
        .comparison(Subject.REPAIRED, Subject.BASELINE)
        .ifPresent(found -> checkAgainstBaseline(found, isJudged));
    if (isJudged) {
      checkAgainstSource(source.get(), repaired.get());
    }
  }

  private void checkAgainstBaseline(RepairComparison found, boolean isJudged) {
    if (!mayChange && !found.isExact()) {
      throw new VerificationException(
          "the repaired model has "
              + decibels(found.worstSqnr())
              + " against its baseline; expected the same outputs, since no change was made that"
              + " rounds otherwise");
    }
    if (!isJudged && found.worstSqnr() < SMALLEST_SQNR) {
      throw new VerificationException(
          "the repaired model has "
              + decibels(found.worstSqnr())
              + " against its baseline, expected at least "
              + decibels(SMALLEST_SQNR)
              + "; give the float model, to see which of them is right");
    }
  }

  private void checkAgainstSource(RepairComparison source, RepairComparison repaired) {
    double allowed = isRescaled ? LOSS_OF_RESCALING : TOLERANCE;
    if (isRounded && repaired.worstSqnr() >= SMALLEST_SQNR) {
      return;
    }
    if (repaired.worstSqnr() < source.worstSqnr() - allowed) {
      throw new VerificationException(
          "against the float model the repaired model has "
              + decibels(repaired.worstSqnr())
              + " and the source "
              + decibels(source.worstSqnr())
              + "; expected a loss of at most "
              + decibels(allowed));
    }
  }

  private static String decibels(double ratio) {
    return String.format(Locale.ROOT, "%.1f dB", ratio);
  }
}
