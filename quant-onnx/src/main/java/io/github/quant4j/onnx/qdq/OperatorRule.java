/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.Optional;

/**
 * A rule that says of one operator call whether it is to run in INT8, looking at nothing but the
 * call: its operator, its constants and the shapes around it, which the draft knows.
 *
 * <p>Rules are asked in order and the first that answers decides. A rule holds no state but the
 * options it was made with, and none of the graph, so that the rule book can ask it what it does.
 */
non-sealed interface OperatorRule extends PlanningRule {

  /** Returns the verdict, empty when the rule does not speak of such a node; the draft is read. */
  Optional<OperatorVerdict> judge(Node node, PlanDraft draft);
}
