/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;

/** P18: a Gather of rows of a constant float table, an embedding, stays float. */
final class EmbeddingRule implements OperatorRule {
  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    Optional<Value> table =
        node.is("Gather")
            ? node.input(0).filter(WeightedOperator::isFloatConstant)
            : Optional.empty();
    return table.map(
        value ->
            OperatorVerdict.leaveFloat(
                "P18", "it looks up rows of a constant table and computes nothing"));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P18",
            "Gather on a constant float table",
            "nothing",
            "a look-up is bound by memory, not by arithmetic, and TensorRT has no INT8 weight-only"
                + " form of it",
            "onnx-tensorrt, operators.md of release 10.15"));
  }
}
