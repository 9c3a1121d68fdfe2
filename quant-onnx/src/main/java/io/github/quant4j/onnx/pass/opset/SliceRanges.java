/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Slice takes starts, ends and axes from inputs since opset 10. */
final class SliceRanges implements OperatorConverter {
  private static final List<String> ATTRIBUTES = List.of("starts", "ends", "axes");

  @Override
  public int version() {
    return 10;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Slice");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    return node.hasAttribute("starts") && node.hasAttribute("ends")
        ? Optional.empty()
        : Optional.of("attribute \"starts\" or \"ends\" is missing");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    for (int i = 0; i < ATTRIBUTES.size(); i++) {
      String attribute = ATTRIBUTES.get(i);
      Optional<List<Long>> values = node.integers(attribute);
      if (values.isPresent()) {
        scope.putIntegers(new Use(node, i + 1), attribute, values.get());
        scope.rewriter().edit(node).removeAttribute(attribute);
      }
    }
  }
}
