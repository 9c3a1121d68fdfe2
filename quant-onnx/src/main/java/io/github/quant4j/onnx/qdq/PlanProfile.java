/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/** What a plan is to favour where a layer is faster in INT8 and more exact in float. */
public enum PlanProfile {
  /** INT8 wherever the rules allow it, the first and the last layers too; the default. */
  SPEED,
  /**
   * Float heads (P19) and float first convolutions (P06). What a head computes is the answer, so no
   * later layer evens its error out; the picture a first convolution reads is where 8 bits lose
   * most, and what it computes is read by everything after it. Both hold a small share of the work.
   */
  ACCURACY
}
