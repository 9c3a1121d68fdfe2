/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Set;

/**
 * Dropout takes its ratio from an input since opset 12, and trains only where another input says
 * so. A Dropout that does not train ignores the ratio, so the attribute goes.
 */
final class DropoutRatio implements OperatorConverter {
  @Override
  public int version() {
    return 12;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Dropout");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    scope.rewriter().edit(node).removeAttribute("ratio");
    scope.rewriter().edit(node).removeAttribute("is_test");
  }
}
