/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

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
   * Returns how much this finding matters: as much as its kind, but no more than a note where it is
   * left because it does no harm.
   *
   * @return the severity
   */
  public Severity severity() {
    return remedy.outcome() == Remedy.Outcome.KEPT ? Severity.NOTE : defect.severity();
  }

  /**
   * Returns the finding as texts by name, which is what reports write of it.
   *
   * @return rule, severity, node, tensor, found, expected, outcome and remedy, in this order
   */
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("rule", defect.id());
    fields.put("severity", lower(severity()));
    fields.put("node", site.node());
    fields.put("tensor", site.tensor());
    fields.put("found", found);
    fields.put("expected", defect.expectation());
    fields.put("outcome", lower(remedy.outcome()));
    fields.put("remedy", remedy.text());
    return fields;
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the finding as one line.
   *
   * @return rule, severity, place, what was found, what became of it
   */
  @Override
  public String toString() {
    return "%s %s at %s: %s; %s"
        .formatted(defect.id(), lower(severity()), site, found, remedy.text());
  }
}
