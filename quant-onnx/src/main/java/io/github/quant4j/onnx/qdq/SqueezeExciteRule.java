/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.SqueezeExcitePattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * P36: a gate on channels, {@code x * sigmoid(f(average(x)))}.
 *
 * <ol>
 *   <li>The branch that computes the gate stays float, its convolutions too: they work on one
 *       element a channel, so they are bound by bandwidth and hold hardly any of the multiply-adds,
 *       and what they get wrong is wrong for a whole channel.
 *   <li>The gated activation gets a pair where it comes out of an INT8 operator and all readers of
 *       the result are INT8. The average, and the Add of a residual gate, read that pair too: if
 *       one reader were left float, whatever computes x would have to write it twice.
 *   <li>The gate gets a pair on request, where the gated activation has one.
 * </ol>
 */
final class SqueezeExciteRule implements PlacementRule {
  private final boolean isGateInt8;

  SqueezeExciteRule(boolean isGateInt8) {
    this.isGateInt8 = isGateInt8;
  }

  @Override
  public void apply(PlanDraft draft) {
    List<SqueezeExcitePattern> patterns = draft.patterns().patterns(SqueezeExcitePattern.class);
    if (patterns.isEmpty()) {
      return;
    }
    Map<Value, SqueezeExcitePattern> byOutput = new HashMap<>();
    for (SqueezeExcitePattern pattern : patterns) {
      byOutput.put(pattern.output(), pattern);
      pattern.nodes().stream()
          .filter(draft::isWeighted)
          .forEach(node -> draft.revoke(node, "P36", "works on one element a channel for a gate"));
    }
    placeInOrder(draft, byOutput);
  }

  private void placeInOrder(PlanDraft draft, Map<Value, SqueezeExcitePattern> byOutput) {
    Neighbours neighbours = new Neighbours(draft);
    Int8Producers producers = new Int8Producers(draft);
    for (Node node : draft.nodes()) {
      SqueezeExcitePattern pattern = node.output(0).map(byOutput::get).orElse(null);
      if (pattern != null) {
        boolean isBetweenInt8 =
            producers.wrote(pattern.input())
                && neighbours.hasOnlyQuantizedReaders(pattern.output());
        place(draft, pattern, isBetweenInt8);
        String reason = "part of the gate \"" + pattern.gate() + "\"";
        pattern.nodes().forEach(part -> draft.decide(part, false, "P36", reason));
      }
      producers.visit(node);
    }
  }

  private void place(PlanDraft draft, SqueezeExcitePattern pattern, boolean isBetweenInt8) {
    List<Use> readers = reads(pattern, pattern.input());
    boolean isInt8 =
        isBetweenInt8 && readers.stream().allMatch(use -> draft.decision(use.node()).isEmpty());
    if (!isInt8) {
      String reason = "not INT8 before and after the gate";
      readers.forEach(use -> draft.decide(use.node(), false, "P36", reason));
      return;
    }
    for (Use use : readers) {
      draft.request(use, "P36");
      draft.decide(use.node(), true, "P36", "reads the codes of the gated activation");
    }
    if (isGateInt8) {
      reads(pattern, pattern.gate()).forEach(use -> draft.request(use, "P36"));
    }
  }

  private static List<Use> reads(SqueezeExcitePattern pattern, Value value) {
    List<Use> reads = new ArrayList<>();
    for (Node node : pattern.nodes()) {
      for (int i = 0; i < node.inputCount(); i++) {
        if (node.input(i).filter(value::equals).isPresent()) {
          reads.add(new Use(node, i));
        }
      }
    }
    return reads;
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P36",
            "gate on channels: Mul of an activation with a Sigmoid or HardSigmoid of a function of"
                + " its own average over space (squeeze and excite)",
            "a pair on the gated activation, read by the Mul, the average and the Add of a residual"
                + " gate, where it comes out of an INT8 operator and all readers of the result are"
                + " INT8; one on the gate on request; none on the convolutions that compute the"
                + " gate",
            "the gated activation is then written and read as INT8 alone; the convolutions of the"
                + " gate work on one element a channel: bound by bandwidth, with hardly any of the"
                + " multiply-adds, and their errors hit whole channels",
            "NVIDIA Model Optimizer fuses such a Mul with one variable input only; gates of P13"));
  }
}
