/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import java.util.List;
import java.util.Set;

/**
 * P35 and P36: functions without an INT8 kernel, and products of two activations element by element
 * that are no gate. Neither asks for a pair. Applied when all other rules have spoken.
 */
final class FloatFunctionRule implements PlacementRule {
  private static final Set<String> FUNCTIONS =
      Set.of(
          "Erf",
          "Exp",
          "GroupNormalization",
          "HardSigmoid",
          "InstanceNormalization",
          "LRN",
          "LayerNormalization",
          "LogSoftmax",
          "LpNormalization",
          "MeanVarianceNormalization",
          "RMSNormalization",
          "Sigmoid",
          "Softmax",
          "Tanh");

  @Override
  public void apply(PlanDraft draft) {
    for (ActivationPattern pattern : draft.patterns().patterns(ActivationPattern.class)) {
      if (pattern.function() == Function.HARD_SIGMOID && pattern.nodes().size() > 1) {
        String reason = "part of a HardSigmoid, which has no INT8 kernel worth a pair";
        pattern.nodes().forEach(node -> draft.decide(node, false, "P35", reason));
      }
    }
    for (Node node : draft.nodes()) {
      if (isFloatFunction(node)) {
        draft.decide(node, false, "P35", node.opType() + " has no INT8 kernel worth a pair");
      } else if (node.is("Mul") && node.inputs().stream().noneMatch(Value::isConstant)) {
        draft.decide(node, false, "P36", "multiplies two activations element by element; no gate");
      }
    }
  }

  private static boolean isFloatFunction(Node node) {
    return node.domain().isEmpty()
        && (FUNCTIONS.contains(node.opType()) || node.opType().startsWith("Reduce"));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P35",
            "Softmax, LogSoftmax, normalizations, Sigmoid, HardSigmoid, Tanh, Erf, Exp, Reduce"
                + " operators",
            "none",
            "no INT8 kernel is worth a pair before them, and pairs split what TensorRT runs as one"
                + " region",
            "TensorRT issue 4242; NVIDIA Model Optimizer's list of operators left alone"),
        new RuleDescription(
            "P36",
            "Mul of two activations that is no gate on channels",
            "none",
            "a product element by element is bound by bandwidth; quantizing two tensors for it"
                + " moves more bytes than it saves",
            "NVIDIA Model Optimizer fuses a Mul with one variable input only"));
  }
}
