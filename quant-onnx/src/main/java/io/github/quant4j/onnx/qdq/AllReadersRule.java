/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.ArrayList;
import java.util.List;

/**
 * P46 as an option: where a tensor has a pair, its readers Add, MaxPool and copies read it
 * quantized too, though they stay float.
 *
 * <p>Then whatever computes the tensor can write INT8 alone. The values those readers see are
 * rounded. A Concat is left out: it is INT8 with all its inputs, or not at all (P33).
 */
final class AllReadersRule implements PlacementRule {
  private final boolean isOn;

  AllReadersRule(boolean isOn) {
    this.isOn = isOn;
  }

  @Override
  public void apply(PlanDraft draft) {
    if (!isOn) {
      return;
    }
    for (Value tensor : new ArrayList<>(draft.requests().keySet())) {
      for (Use use : tensor.uses()) {
        if (isMover(use)) {
          draft.request(use, "P46");
        }
      }
    }
  }

  private static boolean isMover(Use use) {
    Node node = use.node();
    return node.is("Add") || (use.inputIndex() == 0 && OperatorClass.isCommuting(node));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P46",
            "a tensor with INT8 readers and float readers Add, MaxPool or copies (option)",
            "the float readers read the pair too",
            "its producer can write INT8 alone only when nothing reads float",
            "NVIDIA TensorRT documentation on Q/DQ placement"));
  }
}
