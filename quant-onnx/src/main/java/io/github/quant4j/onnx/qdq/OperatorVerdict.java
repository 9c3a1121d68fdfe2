/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.qdq.NodeDecision.Reason;
import java.util.OptionalInt;

/**
 * What an {@link OperatorRule} says. Of an INT8 operator, input 0 is the activation and input 1 the
 * weight.
 */
sealed interface OperatorVerdict {

  static OperatorVerdict leaveFloat(String ruleId, String reason) {
    return new LeaveFloat(new Reason(ruleId, reason));
  }

  static OperatorVerdict quantize(OptionalInt weightAxis, String ruleId, String reason) {
    return new Quantize(weightAxis, new Reason(ruleId, reason));
  }

  Reason why();

  /** The operator stays float. */
  record LeaveFloat(Reason why) implements OperatorVerdict {}

  /** The operator runs in INT8, its weight with one scale per index of an axis, or one in all. */
  record Quantize(OptionalInt weightAxis, Reason why) implements OperatorVerdict {}
}
