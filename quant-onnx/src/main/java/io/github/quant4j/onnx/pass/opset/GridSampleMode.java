/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Set;

/** GridSample calls bilinear linear, and bicubic cubic, since opset 20. */
final class GridSampleMode implements OperatorConverter {
  @Override
  public int version() {
    return 20;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("GridSample");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    switch (node.text("mode", "bilinear")) {
      case "bilinear" -> scope.rewriter().edit(node).setText("mode", "linear");
      case "bicubic" -> scope.rewriter().edit(node).setText("mode", "cubic");
      default -> {
        // nearest is called so in both versions
      }
    }
  }
}
