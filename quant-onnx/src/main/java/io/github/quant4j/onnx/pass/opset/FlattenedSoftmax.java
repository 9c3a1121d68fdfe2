/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Softmax, LogSoftmax and Hardmax work along one axis since opset 13, the last by default. Before,
 * they took all dimensions from {@code axis} on (1 by default) as one.
 *
 * <ol>
 *   <li>Where {@code axis} is the last axis, or all dimensions behind it are 1, the node keeps its
 *       place with that axis.
 *   <li>Elsewhere, and where the rank is not known, it becomes Flatten, the operator along the last
 *       axis, and Reshape to the shape of before, which holds for any rank and any sizes but a
 *       tensor of no elements.
 * </ol>
 */
final class FlattenedSoftmax implements OperatorConverter {
  @Override
  public int version() {
    return 13;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Softmax", "LogSoftmax", "Hardmax");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    long axis = node.integer("axis", 1);
    OptionalLong single = singleAxis(axis, scope.dimensions(node.requiredInput(0)));
    if (single.isPresent()) {
      scope.rewriter().edit(node).setInteger("axis", single.getAsLong());
    } else {
      flatten(node, axis, scope);
    }
  }

  private static OptionalLong singleAxis(long axis, Optional<List<Dimension>> dimensions) {
    if (axis == -1) {
      return OptionalLong.of(axis);
    }
    if (dimensions.isEmpty()) {
      return OptionalLong.empty();
    }
    int rank = dimensions.get().size();
    long position = axis < 0 ? axis + rank : axis;
    if (position < 0 || position >= rank) {
      return OptionalLong.empty();
    }
    if (position == rank - 1) {
      return OptionalLong.of(-1);
    }
    List<Dimension> behind = dimensions.get().subList((int) position + 1, rank);
    return behind.stream().allMatch(dimension -> dimension.isFixed(1))
        ? OptionalLong.of(axis)
        : OptionalLong.empty();
  }

  /** The node turns into the Reshape, which keeps its output; a new one takes over its name. */
  private static void flatten(Node node, long axis, LiftScope scope) {
    GraphRewriter rewriter = scope.rewriter();
    Value input = node.requiredInput(0);
    NodeBlueprint flat =
        scope.blueprint(node, "flattened", "Flatten", input).withInteger("axis", axis);
    Value matrix = rewriter.insertBefore(node, flat).output();
    NodeBlueprint rows =
        NodeBlueprint.of(node.opType(), node.name(), List.of(matrix), scope.name(node, "rows"))
            .withInteger("axis", -1);
    Value result = rewriter.insertBefore(node, rows).output();
    NodeBlueprint shape = scope.blueprint(node, "shape", "Shape", input);
    Value sizes = rewriter.insertBefore(node, shape).output();
    rewriter.edit(node).changeOperator("Reshape");
    rewriter.edit(node).removeAttribute("axis");
    rewriter.replaceInput(new Use(node, 0), result);
    rewriter.fillInput(node, 1, sizes);
    if (!node.name().isEmpty()) {
      rewriter.edit(node).rename(node.name() + "_Reshape");
    }
  }
}
