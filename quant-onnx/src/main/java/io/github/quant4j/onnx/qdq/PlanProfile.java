/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/** What a plan is to favour where a layer is faster in INT8 and more exact in float. */
public enum PlanProfile {
  /** INT8 wherever the rules allow it, the first and the last layers too. */
  SPEED,
  /**
   * Float heads (P19), all else as in {@link #SPEED}; the default. What a head computes is the
   * answer, so no later layer evens its error out, and it holds a small share of the work.
   */
  BALANCED,
  /**
   * Float heads (P19) and float first convolutions (P06). The picture a first convolution reads is
   * where 8 bits lose most, and what it computes is read by everything after it.
   */
  ACCURACY;

  boolean hasFloatHead() {
    return this != SPEED;
  }

  boolean hasFloatFirstLayer() {
    return this == ACCURACY;
  }
}
