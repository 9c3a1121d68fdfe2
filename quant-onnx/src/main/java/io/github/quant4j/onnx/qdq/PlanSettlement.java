/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.qdq.NodeDecision.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P34: takes common scales back where the ranges seen differ too much. */
final class PlanSettlement {
  private static final Logger LOGGER = LoggerFactory.getLogger(PlanSettlement.class);

  private final QuantizationPlan plan;
  private final ScaleGroups groups;
  private final Set<Edge> droppedReads = new HashSet<>();
  private final Map<String, Reason> reasons = new HashMap<>();
  private final List<String> notes;

  private PlanSettlement(QuantizationPlan plan, ScaleGroups groups) {
    this.plan = plan;
    this.groups = groups;
    this.notes = new ArrayList<>(plan.notes());
  }

  static QuantizationPlan of(QuantizationPlan plan, ObservedRanges ranges) {
    ScaleGroups groups = ScaleGroups.of(plan.scaleLinks(), ranges);
    return groups.loosened().isEmpty() ? plan : new PlanSettlement(plan, groups).settle();
  }

  private QuantizationPlan settle() {
    groups.loosened().forEach(this::loosen);
    return new QuantizationPlan(
        plan.decisions().stream().map(this::decision).toList(),
        plan.activationPairs().stream()
            .map(this::pair)
            .filter(pair -> !pair.edges().isEmpty())
            .toList(),
        plan.weights(),
        plan.biases(),
        List.of(),
        notes);
  }

  private void loosen(ScaleGroups.Loosened loosened) {
    ScaleLink link = loosened.link();
    int ratio = Math.round(loosened.ratio());
    Reason reason =
        new Reason("P34", "ranges that would share its scale differ " + ratio + " times");
    reasons.put(link.node(), reason);
    link.reads().forEach(read -> reasons.put(read.node(), reason));
    droppedReads.addAll(link.reads());
    notes.add("P34: \"%s\" stays float: ranges differ %s times".formatted(link.node(), ratio));
    LOGGER.warn(
        "ranges that would share the scale of \"{}\" differ {} times; it stays float",
        link.node(),
        ratio);
  }

  private NodeDecision decision(NodeDecision decision) {
    Reason reason = reasons.get(decision.node());
    return reason == null
        ? decision
        : new NodeDecision(decision.node(), decision.opType(), false, reason);
  }

  private ActivationPair pair(ActivationPair pair) {
    List<Edge> edges = pair.edges().stream().filter(edge -> !droppedReads.contains(edge)).toList();
    return new ActivationPair(
        pair.tensor(), groups.sources(pair.tensor()), edges, pair.ruleId(), pair.fixedRange());
  }
}
