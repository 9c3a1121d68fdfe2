/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * What a planner is asked to quantize that it leaves float by default.
 *
 * @param isAttentionInt8 attentions whose sizes fit TensorRT's INT8 kernel (P15)
 * @param isGateInt8 gates on channels, beside the activation they scale (P36)
 */
record PatternOptions(boolean isAttentionInt8, boolean isGateInt8) {
  static final PatternOptions DEFAULT = new PatternOptions(false, false);

  PatternOptions withAttention(boolean isInt8) {
    return new PatternOptions(isInt8, isGateInt8);
  }

  PatternOptions withGates(boolean areInt8) {
    return new PatternOptions(isAttentionInt8, areInt8);
  }
}
