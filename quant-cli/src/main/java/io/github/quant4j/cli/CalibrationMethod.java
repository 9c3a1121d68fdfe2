/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

/** How the range of an activation is found. */
enum CalibrationMethod {
  /** The smallest and the largest value observed. */
  MINMAX,
  /** The magnitude that a given part of the values stays below. */
  PERCENTILE,
  /** The range whose codes tell most of how the values are distributed. */
  ENTROPY,
  /** The range with the least squared error of clipping and rounding together. */
  MSE
}
