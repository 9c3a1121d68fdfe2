/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Set;

/** Scatter is called ScatterElements since opset 11. */
final class ScatterToScatterElements implements OperatorConverter {
  @Override
  public int version() {
    return 11;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Scatter");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    scope.rewriter().edit(node).changeOperator("ScatterElements");
  }
}
