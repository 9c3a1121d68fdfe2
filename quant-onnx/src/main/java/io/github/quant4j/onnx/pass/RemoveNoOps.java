/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;

/**
 * Removes nodes that hand on their first input as it is.
 *
 * <ol>
 *   <li>Cast to the element type that the model declares of its input.
 *   <li>Concat of one input.
 *   <li>Transpose whose {@code perm} leaves every axis in its place.
 *   <li>Pad whose amounts are constant zeros, in any mode.
 * </ol>
 *
 * <p>A node whose output is an output of the graph goes where the operator before it can write that
 * output instead. Exact. Source: the ONNX operators named, opset 13.
 */
public final class RemoveNoOps implements GraphPass {
  /** Creates the pass, which holds no state. */
  public RemoveNoOps() {}

  @Override
  public boolean run(OnnxModel model) {
    Bypass bypass = new Bypass(model.graph().rewriter());
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      if (isNoOp(node)) {
        modified |= bypass.apply(node, node.requiredInput(0));
      }
    }
    return modified;
  }

  /** Tells whether the only output of a node is its first input, by type, shape and contents. */
  static boolean isNoOp(Node node) {
    if (!node.domain().isEmpty() || node.outputs().size() != 1 || node.input(0).isEmpty()) {
      return false;
    }
    return switch (node.opType()) {
      case "Cast" -> isOfType(node.requiredInput(0), node.integer("to", 0));
      case "Concat" -> node.inputCount() == 1;
      case "Transpose" -> node.integers("perm").filter(RemoveNoOps::isInOrder).isPresent();
      case "Pad" -> isPaddedByZeros(node);
      default -> false;
    };
  }

  private static boolean isOfType(Value value, long onnxCode) {
    return value.type().elementType().filter(type -> type.onnxCode() == onnxCode).isPresent();
  }

  private static boolean isInOrder(List<Long> order) {
    for (int axis = 0; axis < order.size(); axis++) {
      if (order.get(axis) != axis) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPaddedByZeros(Node pad) {
    if (pad.inputCount() == 1) {
      return pad.integers("pads").filter(RemoveNoOps::areZero).isPresent();
    }
    Optional<Tensor> amounts = pad.input(1).flatMap(Value::constant);
    return amounts.flatMap(IndexList::of).filter(RemoveNoOps::areZero).isPresent();
  }

  private static boolean areZero(List<Long> amounts) {
    return amounts.stream().allMatch(amount -> amount == 0);
  }
}
