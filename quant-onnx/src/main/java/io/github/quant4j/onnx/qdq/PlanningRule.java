/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.List;

/** What all rules of the planner have in common: they can say what they do. */
sealed interface PlanningRule permits OperatorRule, PlacementRule {

  /** Returns what the rule does, an entry for each id it decides under. */
  default List<RuleDescription> descriptions() {
    return List.of();
  }
}
