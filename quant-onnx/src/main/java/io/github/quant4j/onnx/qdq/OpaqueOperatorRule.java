/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * P17: an operator that has no INT8 form, or that this planner knows nothing about, stays float,
 * and so does whatever it reads; its neighbours are quantized as they would be without it.
 */
final class OpaqueOperatorRule implements OperatorRule {
  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.domain().isEmpty()) {
      return leaveFloat(
          "it belongs to operator set \"" + node.domain() + "\", which no rule knows");
    }
    if (node.is("LSTM", "GRU", "RNN")) {
      return leaveFloat("it is recurrent; its weights and states have no INT8 form");
    }
    if (node.is("Einsum")) {
      return leaveFloat("it has no INT8 kernel; the same product as a MatMul would have");
    }
    return node.is("GridSample", "NonMaxSuppression", "TopK")
        ? leaveFloat("it picks or interpolates elements and has no INT8 kernel")
        : Optional.empty();
  }

  private static Optional<OperatorVerdict> leaveFloat(String reason) {
    return Optional.of(OperatorVerdict.leaveFloat("P17", reason));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P17",
            "LSTM, GRU, RNN, Einsum, GridSample, NonMaxSuppression, TopK, operators of other"
                + " operator sets",
            "nothing",
            "neither TensorRT's ONNX parser nor ONNX Runtime has an INT8 form of them behind"
                + " QuantizeLinear and DequantizeLinear",
            "onnx-tensorrt, operators.md of release 10.15"));
  }
}
