/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * P29: where a chain of copy operators leads from a tensor that has a pair to a single INT8 reader,
 * the chain reads that pair and the reader gets none of its own. Else the pair stands at the
 * reader.
 */
final class CopyOperatorRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    for (Use use : draft.requestedUses()) {
      moveUp(draft, use);
    }
    for (Node node : draft.nodes()) {
      if (OperatorClass.isCopy(node) && draft.decision(node).isEmpty()) {
        draft.decide(node, false, "P29", "moves elements only; pairs stand at its readers");
      }
    }
  }

  private static void moveUp(PlanDraft draft, Use reader) {
    List<Node> chain = new ArrayList<>();
    Optional<Node> copy = copyBefore(draft, reader);
    while (copy.isPresent()) {
      chain.add(copy.get());
      Use top = new Use(copy.get(), 0);
      if (draft.hasPair(copy.get().requiredInput(0))) {
        draft.withdraw(reader);
        draft.request(top, "P29");
        String reason = "moves codes of a tensor that is quantized before it";
        chain.forEach(node -> draft.decide(node, true, "P29", reason));
        return;
      }
      copy = copyBefore(draft, top);
    }
  }

  /** Returns the copy operator whose only result only this read sees, unless it was excluded. */
  private static Optional<Node> copyBefore(PlanDraft draft, Use reader) {
    return reader
        .node()
        .input(reader.inputIndex())
        .filter(Value::hasSingleReader)
        .flatMap(Value::producer)
        .filter(OperatorClass::isCopy)
        .filter(node -> node.outputs().size() == 1 && draft.decision(node).isEmpty());
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P29",
            "chain of operators that only move elements (Reshape, Transpose, Slice, Split, "
                + "...) from a tensor with a pair to a single INT8 reader",
            "the pair of the reader stands before the chain; else at the reader",
            "the chain moves a quarter of the bytes, and no pair stands in its way",
            "TensorRT issue 1604"));
  }
}
