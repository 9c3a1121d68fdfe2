/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * How the bias of a quantized operator is written.
 *
 * <p>Both forms stand for the same numbers: the bias in units of input scale times weight scale,
 * rounded to an integer.
 */
public enum BiasForm {
  /** A float constant. */
  FLOAT,
  /** An INT32 constant behind a DequantizeLinear. */
  INT32
}
