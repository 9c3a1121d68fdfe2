/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Set;

/** Split into equal parts states their number since opset 18. */
final class SplitCount implements OperatorConverter {
  @Override
  public int version() {
    return 18;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Split");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    if (node.input(1).isEmpty()) {
      scope.rewriter().edit(node).setInteger("num_outputs", node.outputCount());
    }
  }
}
