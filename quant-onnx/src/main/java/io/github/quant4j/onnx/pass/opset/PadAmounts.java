/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.Optional;
import java.util.Set;

/**
 * Pad takes its amounts, and the value of a constant border, from inputs since opset 11. A border
 * of zeros needs no value.
 */
final class PadAmounts implements OperatorConverter {
  @Override
  public int version() {
    return 11;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Pad");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    if (!node.hasAttribute("pads")) {
      return Optional.of("attribute \"pads\" is missing");
    }
    return needsValue(node) && scope.elementType(node.requiredInput(0)).isEmpty()
        ? Optional.of("the element type of its value is not known; declare it in value_info")
        : Optional.empty();
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    scope.putIntegers(new Use(node, 1), "pads", node.integers("pads").orElseThrow());
    if (needsValue(node)) {
      scope.putScalar(new Use(node, 2), "value", node.real("value", 0));
    }
    scope.rewriter().edit(node).removeAttribute("pads");
    scope.rewriter().edit(node).removeAttribute("value");
  }

  private static boolean needsValue(Node node) {
    return node.text("mode", "constant").equals("constant") && node.real("value", 0) != 0;
  }
}
