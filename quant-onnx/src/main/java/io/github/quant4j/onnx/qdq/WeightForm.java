/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/** How the weights of INT8 operators are stored. Both forms stand for the same codes. */
public enum WeightForm {
  /** Int8 codes behind a DequantizeLinear: a quarter of the size; the default. */
  INT8,
  /**
   * The float constant behind a QuantizeLinear and a DequantizeLinear, for tools that train the
   * model on or choose scales anew; runtimes fold it into codes when they load the model.
   */
  FLOAT_WITH_PAIRS
}
