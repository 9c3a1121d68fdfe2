/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Set;

/** RoiAlign can shift its coordinates by half a pixel since opset 16, and does so by default. */
final class RoiAlignCoordinates implements OperatorConverter {
  @Override
  public int version() {
    return 16;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("RoiAlign");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    scope.rewriter().edit(node).setText("coordinate_transformation_mode", "output_half_pixel");
  }
}
