/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

/** A form findings are printed in. */
enum LintFormat {
  /** Lines for people. */
  TEXT,
  /** One JSON object for programs. */
  JSON,
  /** SARIF 2.1.0 for code scanners. */
  SARIF
}
