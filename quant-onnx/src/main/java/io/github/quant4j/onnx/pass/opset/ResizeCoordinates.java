/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resize has a second input, the region of interest, and a choice of coordinates since opset 11.
 *
 * <p>Resize of opset 10 maps output coordinate {@code x} to input coordinate {@code x / scale}
 * (asymmetric). Nearest then takes the floor where it enlarges and the ceiling where it shrinks:
 * the test data of the operator's documentation show it, and ONNX Runtime does so. One node that
 * does both on different axes, and to fractions, cannot be said in opset 11.
 */
final class ResizeCoordinates implements OperatorConverter {
  private static final Logger LOGGER = LoggerFactory.getLogger(ResizeCoordinates.class);

  @Override
  public int version() {
    return 11;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Resize");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    if (node.input(1).isEmpty()) {
      return Optional.of("it has no scales");
    }
    boolean isMixed = isNearest(node) && enlarges(node) && shrinks(node);
    return isMixed
        ? Optional.of("it takes the nearest value and both enlarges and shrinks")
        : Optional.empty();
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    Value scales = node.requiredInput(1);
    scope.rewriter().fillInput(node, 2, scales);
    scope.rewriter().omitInput(new Use(node, 1));
    scope.rewriter().edit(node).setText("coordinate_transformation_mode", "asymmetric");
    if (isNearest(node)) {
      if (LiftScope.constant(scales).isEmpty()) {
        LOGGER.warn("node \"{}\": scales are computed, taken for 1 or more", node.label());
      }
      scope.rewriter().edit(node).setText("nearest_mode", shrinks(scales) ? "ceil" : "floor");
    }
  }

  private static boolean isNearest(Node node) {
    return node.text("mode", "nearest").equals("nearest");
  }

  private static boolean enlarges(Node node) {
    return hasScale(node.requiredInput(1), 1, Float.POSITIVE_INFINITY);
  }

  private static boolean shrinks(Node node) {
    return shrinks(node.requiredInput(1));
  }

  private static boolean shrinks(Value scales) {
    return hasScale(scales, Float.NEGATIVE_INFINITY, 1);
  }

  /** Tells whether a known scale lies strictly between two bounds. */
  private static boolean hasScale(Value scales, float above, float below) {
    Optional<Tensor> constant =
        LiftScope.constant(scales).filter(tensor -> tensor.elementType() == ElementType.FLOAT);
    if (constant.isEmpty()) {
      return false;
    }
    FloatBuffer values = constant.get().floats();
    boolean found = false;
    for (int i = 0; i < values.remaining(); i++) {
      found |= values.get(i) > above && values.get(i) < below;
    }
    return found;
  }
}
