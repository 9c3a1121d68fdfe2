/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Set;

/** Upsample became Resize in opset 10, with the same inputs and modes. */
final class UpsampleToResize implements OperatorConverter {
  @Override
  public int version() {
    return 10;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Upsample");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    scope.rewriter().edit(node).changeOperator("Resize");
  }
}
