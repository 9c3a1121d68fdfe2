/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** TopK takes k from an input since opset 10. */
final class TopKCount implements OperatorConverter {
  @Override
  public int version() {
    return 10;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("TopK");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    return node.hasAttribute("k") ? Optional.empty() : Optional.of("attribute \"k\" is missing");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    scope.putIntegers(new Use(node, 1), "k", List.of(node.integer("k", 0)));
    scope.rewriter().edit(node).removeAttribute("k");
  }
}
