/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.Optional;
import java.util.Set;

/**
 * Resize may leave out its region and one of scales and sizes since opset 13; before, an empty
 * tensor said so. Empty tensors go, for a reader that takes them for sizes. The coordinates {@code
 * tf_half_pixel_for_nn} are gone.
 */
final class ResizeInputs implements OperatorConverter {
  private static final int LAST_INPUT = 3;

  @Override
  public int version() {
    return 13;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Resize");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    return node.text("coordinate_transformation_mode", "").equals("tf_half_pixel_for_nn")
        ? Optional.of("coordinate_transformation_mode \"tf_half_pixel_for_nn\" is gone since")
        : Optional.empty();
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    for (int index = 1; index <= LAST_INPUT; index++) {
      Optional<Tensor> constant = node.input(index).flatMap(LiftScope::constant);
      if (constant.isPresent() && constant.get().shape().elementCount() == 0) {
        scope.rewriter().omitInput(new Use(node, index));
      }
    }
  }
}
