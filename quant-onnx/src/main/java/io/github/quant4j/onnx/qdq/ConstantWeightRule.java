/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * P07 and P14: an operator whose weight is computed, or is not float32, stays float.
 *
 * <p>TensorRT takes INT8 weights from constants only. Of a product of two activations this is not
 * the last word: {@link AttentionRule} and {@link ActivationProductRule} look at what lies around
 * it.
 */
final class ConstantWeightRule implements OperatorRule {
  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Conv", "ConvTranspose", "Gemm", "MatMul")) {
      return Optional.empty();
    }
    if (node.requiredInput(0).isConstant()) {
      return Optional.of(OperatorVerdict.leaveFloat("P14", "its first input is a constant"));
    }
    if (WeightedOperator.weightShape(node).isPresent()) {
      return Optional.empty();
    }
    if (node.requiredInput(1).isConstant()) {
      return Optional.of(OperatorVerdict.leaveFloat("P07", "its weight is not float32"));
    }
    return Optional.of(
        node.is("Conv", "ConvTranspose")
            ? OperatorVerdict.leaveFloat("P07", "its weight is computed, not constant")
            : OperatorVerdict.leaveFloat("P14", "it multiplies two activations"));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P07",
            "Conv or ConvTranspose whose weight is computed or not float32",
            "nothing",
            "TensorRT takes INT8 weights from constants only",
            "ModelOpt, ONNX quantization; TensorRT developer guide, explicit quantization"),
        new RuleDescription(
            "P14",
            "Gemm or MatMul of two activations, or with the constant first",
            "nothing",
            "a pair on one side leaves a float product plus the cost of the pair; pairs on "
                + "both break the fused kernel of attention",
            "TensorRT issues 4273, 4397 and 4554"));
  }
}
