/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.HashMap;
import java.util.Map;

/**
 * What a user chose of the rules.
 *
 * @param target the runtime the plan is for
 * @param profile what to favour
 * @param groupedConvolutions whether TensorRT may be given grouped convolutions in INT8
 * @param allReadersQuantized whether float readers that only pass values on read the pair too
 * @param int8Attention whether attentions of fitting size are quantized
 * @param int8Gates whether gates are quantized beside what they scale
 * @param measured why operators that were measured to cost too much stay float, by rule and node
 */
record PlannerOptions(
    Target target,
    PlanProfile profile,
    boolean groupedConvolutions,
    boolean allReadersQuantized,
    boolean int8Attention,
    boolean int8Gates,
    Map<String, Map<String, String>> measured) {
  static final PlannerOptions DEFAULT =
      new PlannerOptions(Target.TENSORRT, PlanProfile.SPEED, false, false, false, false, Map.of());

  PlannerOptions {
    measured = Map.copyOf(measured);
  }

  PlannerOptions withTarget(Target other) {
    return new PlannerOptions(
        other,
        profile,
        groupedConvolutions,
        allReadersQuantized,
        int8Attention,
        int8Gates,
        measured);
  }

  PlannerOptions withProfile(PlanProfile other) {
    return new PlannerOptions(
        target,
        other,
        groupedConvolutions,
        allReadersQuantized,
        int8Attention,
        int8Gates,
        measured);
  }

  PlannerOptions withGroupedConvolutions(boolean areAllowed) {
    return new PlannerOptions(
        target, profile, areAllowed, allReadersQuantized, int8Attention, int8Gates, measured);
  }

  PlannerOptions withAllReadersQuantized(boolean areQuantized) {
    return new PlannerOptions(
        target, profile, groupedConvolutions, areQuantized, int8Attention, int8Gates, measured);
  }

  PlannerOptions withInt8Attention(boolean isWanted) {
    return new PlannerOptions(
        target, profile, groupedConvolutions, allReadersQuantized, isWanted, int8Gates, measured);
  }

  PlannerOptions withInt8Gates(boolean isWanted) {
    return new PlannerOptions(
        target,
        profile,
        groupedConvolutions,
        allReadersQuantized,
        int8Attention,
        isWanted,
        measured);
  }

  /** Replaces what one rule leaves float for having measured it; other rules keep theirs. */
  PlannerOptions withMeasured(String ruleId, Map<String, String> reasons) {
    Map<String, Map<String, String>> changed = new HashMap<>(measured);
    changed.put(ruleId, Map.copyOf(reasons));
    return new PlannerOptions(
        target,
        profile,
        groupedConvolutions,
        allReadersQuantized,
        int8Attention,
        int8Gates,
        changed);
  }

  boolean isForTensorRt() {
    return target == Target.TENSORRT;
  }
}
