/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * P38, P42, P43, P44 and P51: an Add of two computed operands that no Conv takes into its epilogue.
 *
 * <p>It runs in INT8, with pairs on both operands, where both come out of INT8 operators and all
 * readers of the sum are INT8; else it gets none. The id tells what kept it out of the epilogue:
 *
 * <ol>
 *   <li>P38: an operand is broadcast. Where it cannot be told whether one is, there is no pair,
 *       since the Add may yet be fused.
 *   <li>P44: an operand is itself an Add. One that a Conv has taken into its epilogue is read as it
 *       is: no pair stands between two epilogues.
 *   <li>P43: an activation stands between Conv and Add, as in C2f and CSP blocks.
 *   <li>P42: anything else.
 * </ol>
 *
 * <p>P51 is the reason where an operand does not come out of an INT8 operator: one quantized
 * operand is not enough.
 */
final class PointwiseAddRule implements PlacementRule {
  private static final Set<String> FUSED = Set.of("P39", "P40", "P41");

  @Override
  public void apply(PlanDraft draft) {
    Set<Node> candidates =
        draft.nodes().stream()
            .filter(node -> isOpen(draft, node))
            .filter(add -> obstacle(draft, add).isEmpty())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    // Candidates hold one another up: one that fails takes those behind it along in a second look.
    Set<Node> first = standing(new Neighbours(draft, candidates), candidates);
    Neighbours neighbours = new Neighbours(draft, first);
    Set<Node> standing = standing(neighbours, first);
    for (Node node : draft.nodes()) {
      if (isOpen(draft, node)) {
        if (standing.contains(node)) {
          quantize(draft, node);
        } else {
          leaveFloat(draft, neighbours, node);
        }
      }
    }
  }

  /** Tells whether an Add is still to be decided on; one inside a pattern is part of that. */
  private static boolean isOpen(PlanDraft draft, Node node) {
    return ResidualAddRule.isAdd(node)
        && draft.decision(node).isEmpty()
        && draft.patterns().covering(node).isEmpty();
  }

  private static Set<Node> standing(Neighbours neighbours, Set<Node> candidates) {
    return candidates.stream()
        .filter(
            add ->
                add.inputs().stream().allMatch(neighbours::isProducedInInt8)
                    && neighbours.hasOnlyQuantizedReaders(add.output()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static void quantize(PlanDraft draft, Node add) {
    String ruleId = ruleId(draft, add);
    draft.request(new Use(add, 0), ruleId);
    draft.request(new Use(add, 1), ruleId);
    draft.decide(add, true, ruleId, "INT8 on all sides");
  }

  private static void leaveFloat(PlanDraft draft, Neighbours neighbours, Node add) {
    Obstacle obstacle = obstacle(draft, add).orElse(null);
    if (obstacle != null) {
      draft.decide(add, false, obstacle.ruleId, obstacle.reason);
    } else if (!add.inputs().stream().allMatch(neighbours::isProducedInInt8)) {
      String ruleId = ruleId(draft, add).equals("P38") ? "P38" : "P51";
      draft.decide(add, false, ruleId, "an operand does not come out of an INT8 operator");
    } else {
      draft.decide(add, false, ruleId(draft, add), "a reader of the sum is not INT8");
    }
  }

  private static Optional<Obstacle> obstacle(PlanDraft draft, Node add) {
    Value left = add.requiredInput(0);
    Value right = add.requiredInput(1);
    boolean isSameShape = draft.shapes().haveSameShape(left, right);
    if (!isSameShape && !isBroadcast(draft.shapes(), left, right)) {
      return Optional.of(new Obstacle("P38", "it cannot be told whether an operand is broadcast"));
    }
    if (!draft.isQuantizable(left) || !draft.isQuantizable(right)) {
      return Optional.of(new Obstacle("P49", "an operand is small or not float"));
    }
    if (isFusedSum(draft, left) || isFusedSum(draft, right)) {
      return Optional.of(
          new Obstacle("P44", "an operand is a sum in the epilogue of a convolution"));
    }
    return Optional.empty();
  }

  private static String ruleId(PlanDraft draft, Node add) {
    if (!draft.shapes().haveSameShape(add.requiredInput(0), add.requiredInput(1))) {
      return "P38";
    }
    if (add.inputs().stream()
        .anyMatch(input -> input.producer().filter(ResidualAddRule::isAdd).isPresent())) {
      return "P44";
    }
    boolean isBehindActivation =
        add.inputs().stream().anyMatch(input -> Neighbours.activationInput(input).isPresent());
    return isBehindActivation ? "P43" : "P42";
  }

  private static boolean isFusedSum(PlanDraft draft, Value operand) {
    return operand.hasSingleReader()
        && operand
            .producer()
            .filter(ResidualAddRule::isAdd)
            .flatMap(draft::decision)
            .filter(decision -> FUSED.contains(decision.why().ruleId()))
            .isPresent();
  }

  /** Tells whether one operand is broadcast for certain: another rank, or a 1 beside a number. */
  private static boolean isBroadcast(ShapeInference shapes, Value left, Value right) {
    List<Dimension> a = shapes.dimensions(left).orElse(null);
    List<Dimension> b = shapes.dimensions(right).orElse(null);
    if (a == null || b == null) {
      return false;
    }
    if (a.size() != b.size()) {
      return true;
    }
    for (int i = 0; i < a.size(); i++) {
      boolean areFixed = a.get(i) instanceof Dimension.Fixed && b.get(i) instanceof Dimension.Fixed;
      if (areFixed && !a.get(i).equals(b.get(i))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<RuleDescription> descriptions() {
    String source = "NVIDIA TensorRT documentation on Q/DQ placement";
    String both = "pairs on both operands where INT8 lies on all sides, else none";
    return List.of(
        new RuleDescription(
            "P38",
            "Add that broadcasts an operand",
            both,
            "a convolution does not take such an Add into its epilogue",
            source),
        new RuleDescription(
            "P42",
            "Add without a branch that ends in a convolution",
            both,
            "an Add is INT8 with quantized operands and a quantized sum; one alone is a detour",
            source + "; TensorRT issue 3579"),
        new RuleDescription(
            "P43",
            "Conv, activation, Add, as in C2f and CSP blocks",
            both,
            "the activation keeps the Add out of the epilogue",
            "TensorRT issues 3861 and 3542"),
        new RuleDescription(
            "P44",
            "Add of an Add",
            both + "; none on a sum that a convolution has taken into its epilogue",
            "no pair is to stand between two epilogues",
            source),
        new RuleDescription(
            "P51",
            "Add with an operand that does not come out of an INT8 operator",
            "nothing",
            "an elementwise operator gains only when every operand is INT8",
            "NVIDIA Model Optimizer issue 159"));
  }

  private record Obstacle(String ruleId, String reason) {}
}
