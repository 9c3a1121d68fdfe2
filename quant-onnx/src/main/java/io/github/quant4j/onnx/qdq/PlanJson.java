/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.internal.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON form of a plan, described at {@link QuantizationPlan#toJson()}. */
final class PlanJson {
  private PlanJson() {}

  static String of(QuantizationPlan plan) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("nodes", plan.decisions().size());
    members.put("int8Nodes", plan.quantizedNodeCount());
    members.put("decisions", plan.decisions().stream().map(PlanJson::decision).toList());
    members.put("activationPairs", plan.activationPairs().stream().map(PlanJson::pair).toList());
    members.put("weights", plan.weights().stream().map(PlanJson::weight).toList());
    members.put("biases", plan.biases().stream().map(PlanJson::bias).toList());
    members.put("observationPoints", plan.observationPoints());
    members.put("notes", plan.notes());
    return JsonText.of(members);
  }

  private static Map<String, Object> decision(NodeDecision decision) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("node", decision.node());
    members.put("operator", decision.opType());
    members.put("int8", decision.isQuantized());
    members.put("rule", decision.why().ruleId());
    members.put("reason", decision.why().text());
    return members;
  }

  private static Map<String, Object> pair(ActivationPair pair) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("tensor", pair.tensor());
    members.put("rangeSources", pair.rangeSources());
    members.put("rule", pair.ruleId());
    members.put("readers", readers(pair.edges()));
    return members;
  }

  private static Map<String, Object> weight(WeightQuantization weight) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("tensor", weight.tensor());
    weight.axis().ifPresent(axis -> members.put("axis", axis));
    members.put("readers", readers(weight.edges()));
    return members;
  }

  private static Map<String, Object> bias(BiasQuantization bias) {
    Map<String, Object> members = new LinkedHashMap<>(reader(bias.edge()));
    members.put("inputTensor", bias.inputTensor());
    members.put("weightTensor", bias.weightTensor());
    return members;
  }

  private static List<Map<String, Object>> readers(List<Edge> edges) {
    return edges.stream().map(PlanJson::reader).toList();
  }

  private static Map<String, Object> reader(Edge edge) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("node", edge.node());
    members.put("input", edge.inputIndex());
    return members;
  }
}
