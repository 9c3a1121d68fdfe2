/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/** What becomes of a file that is no whole picture of a type that can be read. */
public enum UndecodablePolicy {
  /** It ends the reading with a failure that names the file. */
  FAIL,

  /** It is passed over, counted, and logged as a warning once. */
  SKIP
}
