/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.Optional;
import java.util.Set;

/**
 * Clip takes its bounds from inputs of the type of the data since opset 11. A bound the node does
 * not state stays left out; both versions then take the limit of the type.
 */
final class ClipBounds implements OperatorConverter {
  @Override
  public int version() {
    return 11;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Clip");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    boolean isBounded = node.hasAttribute("min") || node.hasAttribute("max");
    return isBounded && scope.elementType(node.requiredInput(0)).isEmpty()
        ? Optional.of("the element type of its bounds is not known; declare it in value_info")
        : Optional.empty();
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    put(node, "min", 1, scope);
    put(node, "max", 2, scope);
  }

  private static void put(Node node, String attribute, int inputIndex, LiftScope scope) {
    if (node.hasAttribute(attribute)) {
      scope.putScalar(new Use(node, inputIndex), attribute, node.real(attribute, 0));
      scope.rewriter().edit(node).removeAttribute(attribute);
    }
  }
}
