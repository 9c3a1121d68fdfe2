/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * P29: copy operators, which move elements and leave each as it is.
 *
 * <ol>
 *   <li>Where all readers of all their outputs are INT8, and they start from a tensor that has a
 *       pair, they read that pair and the readers get none of their own.
 *   <li>Else pairs stand at the readers. Where the tensor they start from comes out of an operator
 *       that shares its scale, such as Concat, pairs at the readers have that scale too, and move
 *       up past the copies when the engine is built.
 * </ol>
 */
final class CopyOperatorRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    Neighbours neighbours = new Neighbours(draft);
    Set<Node> movable = movable(draft);
    Set<Value> moved = new HashSet<>();
    for (Node node : draft.nodes()) {
      if (!OperatorClass.isCopy(node) || draft.decision(node).isPresent()) {
        continue;
      }
      Value input = node.requiredInput(0);
      boolean hasPair = draft.hasPair(input);
      if (movable.contains(node) && (hasPair || moved.contains(input))) {
        node.outputs().forEach(output -> withdraw(draft, output));
        moved.addAll(node.outputs());
        if (hasPair) {
          draft.request(new Use(node, 0), "P29");
        }
        draft.decide(node, true, "P29", "moves codes of a tensor that is quantized before it");
      } else {
        if (isBehindScale(draft, input)
            && node.outputs().stream().anyMatch(neighbours::hasQuantizedReader)) {
          draft.shareScale(node);
        }
        draft.decide(node, false, "P29", "moves elements only; pairs stand at its readers");
      }
    }
  }

  private static boolean isBehindScale(PlanDraft draft, Value input) {
    return input.producer().filter(draft::sharesScale).isPresent();
  }

  /** Returns the copies whose every reader is INT8, or is another such copy. */
  private static Set<Node> movable(PlanDraft draft) {
    Set<Node> movable = new HashSet<>();
    List<Node> nodes = draft.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (OperatorClass.isCopy(node)
          && draft.decision(node).isEmpty()
          && node.outputs().stream().anyMatch(output -> !output.uses().isEmpty())
          && node.outputs().stream().allMatch(output -> isReadInInt8(draft, output, movable))) {
        movable.add(node);
      }
    }
    return movable;
  }

  private static boolean isReadInInt8(PlanDraft draft, Value output, Set<Node> movable) {
    return !output.isGraphOutput()
        && !output.isCaptured()
        && output.uses().stream()
            .allMatch(
                use ->
                    draft.isRequested(use)
                        || (use.inputIndex() == 0 && movable.contains(use.node())));
  }

  private static void withdraw(PlanDraft draft, Value output) {
    output.uses().stream().filter(draft::isRequested).forEach(draft::withdraw);
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P29",
            "Reshape, Transpose, Flatten, Squeeze, Unsqueeze, Slice, Split, Expand, Tile,"
                + " DepthToSpace, SpaceToDepth, Gather at constant indices, before INT8 readers",
            "the pair of the tensor they start from where it has one, else pairs at the readers",
            "moving elements commutes with rounding; a pair behind a Transpose costs a kernel",
            "TensorRT issue 1604"));
  }
}
