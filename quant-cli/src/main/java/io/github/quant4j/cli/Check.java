/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.util.Locale;

/**
 * A limit the user set and what was found.
 *
 * @param option the option that set it
 * @param limit the limit
 * @param found the number held against it
 * @param isHeld true when the number is within the limit; never for NaN
 */
record Check(String option, double limit, double found, boolean isHeld) {
  static Check atLeast(String option, double limit, double found) {
    return new Check(option, limit, found, found >= limit);
  }

  static Check atMost(String option, double limit, double found) {
    return new Check(option, limit, found, found <= limit);
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%s %s %s: found %.4g",
        option,
        limit,
        isHeld ? "held" : "did not hold",
        found);
  }
}
