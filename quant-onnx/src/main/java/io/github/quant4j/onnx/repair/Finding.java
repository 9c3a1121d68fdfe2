/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * One defect of one model. Immutable and thread-safe.
 *
 * @param defect the kind of defect
 * @param site where it is
 * @param found what is there, one line
 * @param remedy what became of it
 */
public record Finding(Defect defect, Site site, String found, Remedy remedy) {
  /**
   * Checks that nothing is missing.
   *
   * @param defect the kind of defect
   * @param site where it is
   * @param found what is there
   * @param remedy what became of it
   */
  public Finding {
    requireNonNull(defect, "defect");
    requireNonNull(site, "site");
    requireNonNull(found, "found");
    requireNonNull(remedy, "remedy");
  }

  /**
   * Tells whether the defect is still there.
   *
   * @return true when the repair could not mend it
   */
  public boolean isRefused() {
    return remedy.outcome() == Remedy.Outcome.REFUSED;
  }

  /**
   * Returns the finding as one line.
   *
   * @return rule, severity, place, what was found, what became of it
   */
  @Override
  public String toString() {
    return "%s %s at %s: %s; %s"
        .formatted(
            defect.id(),
            defect.severity().name().toLowerCase(Locale.ROOT),
            site,
            found,
            remedy.text());
  }
}
