/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

/** How the codes lie around 0. */
public enum QuantizationScheme {
  /** The range is widened to {@code [-absmax, absmax]}; the zero point is fixed by the type. */
  SYMMETRIC,
  /** The range, widened to hold 0, fills the codes; the zero point follows from it. */
  ASYMMETRIC
}
