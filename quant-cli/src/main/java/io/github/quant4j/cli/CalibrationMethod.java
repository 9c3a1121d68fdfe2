/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

/** How the range of an activation is found. */
enum CalibrationMethod {
  /** The smallest and the largest value observed. */
  MINMAX
}
