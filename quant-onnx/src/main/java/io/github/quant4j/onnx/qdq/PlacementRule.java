/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * A rule that, once the weighted operators are decided on, says where pairs stand around the
 * operators between them. Rules are applied in order; each sees what those before it did. A rule
 * holds no state.
 */
non-sealed interface PlacementRule extends PlanningRule {

  /** Adds, moves or removes requests for pairs and decides on nodes. */
  void apply(PlanDraft draft);
}
