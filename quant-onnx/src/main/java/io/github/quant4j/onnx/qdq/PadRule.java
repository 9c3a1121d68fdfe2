/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.List;

/**
 * P30: the pair of a Conv that reads a zero Pad stands before the Pad, since a pair between blocks
 * their fusion; zero is zero in both forms. A Pad with another value, or with another reader, keeps
 * the pair after it.
 */
final class PadRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    for (Node node : draft.nodes()) {
      if (!node.is("Pad") || draft.decision(node).isPresent()) {
        continue;
      }
      Value padded = node.output();
      if (OperatorClass.isZeroPad(node)
          && padded.hasSingleReader()
          && draft.isQuantizable(node.requiredInput(0))
          && draft.isRequested(padded.uses().get(0))) {
        draft.withdraw(padded.uses().get(0));
        draft.request(new Use(node, 0), "P30");
        draft.decide(node, true, "P30", "zeros; the pair stands before it");
      } else {
        draft.decide(node, false, "P30", "no zero padding before a single INT8 reader");
      }
    }
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P30",
            "Pad with zeros before a single INT8 reader",
            "the pair stands before the Pad, none between Pad and reader",
            "a pair between them blocks their fusion; zero is zero in both forms",
            "TensorRT issue 2592"));
  }
}
