/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

/** How much a defect matters, the worst first. */
public enum Severity {
  /** TensorRT refuses the model, or the model computes something else than was trained. */
  ERROR,
  /** The model runs slower than it could. */
  WARNING,
  /** Worth knowing, harmless. */
  NOTE
}
