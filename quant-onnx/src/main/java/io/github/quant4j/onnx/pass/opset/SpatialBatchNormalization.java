/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Optional;
import java.util.Set;

/** BatchNormalization lost {@code spatial} in opset 9; only its default, 1, can be said since. */
final class SpatialBatchNormalization implements OperatorConverter {
  @Override
  public int version() {
    return 9;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("BatchNormalization");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    return node.integer("spatial", 1) == 1
        ? Optional.empty()
        : Optional.of("spatial is 0, statistics per element are gone since");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    scope.rewriter().edit(node).removeAttribute("spatial");
  }
}
