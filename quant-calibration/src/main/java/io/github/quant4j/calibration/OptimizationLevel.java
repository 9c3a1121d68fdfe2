/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

/** How far ONNX Runtime rewrites a graph before it runs it. */
public enum OptimizationLevel {

  /** Every node runs as it is written. */
  NONE,

  /** Constants are folded and what has no effect is removed. */
  BASIC,

  /** Nodes are fused too, as far as that does not depend on the layout of tensors. */
  EXTENDED,

  /**
   * All there is, layouts in blocks of channels included; what a service gets that asks nothing.
   */
  ALL
}
