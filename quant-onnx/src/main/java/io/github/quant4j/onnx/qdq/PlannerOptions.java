/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

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
 * @param measuredNoise why operators that were measured to cost too much stay float, by node
 */
record PlannerOptions(
    Target target,
    PlanProfile profile,
    boolean groupedConvolutions,
    boolean allReadersQuantized,
    boolean int8Attention,
    boolean int8Gates,
    Map<String, String> measuredNoise) {
  static final PlannerOptions DEFAULT =
      new PlannerOptions(Target.TENSORRT, PlanProfile.SPEED, false, false, false, false, Map.of());

  PlannerOptions {
    measuredNoise = Map.copyOf(measuredNoise);
  }

  PlannerOptions withTarget(Target other) {
    return new PlannerOptions(
        other,
        profile,
        groupedConvolutions,
        allReadersQuantized,
        int8Attention,
        int8Gates,
        measuredNoise);
  }

  PlannerOptions withProfile(PlanProfile other) {
    return new PlannerOptions(
        target,
        other,
        groupedConvolutions,
        allReadersQuantized,
        int8Attention,
        int8Gates,
        measuredNoise);
  }

  PlannerOptions withGroupedConvolutions(boolean areAllowed) {
    return new PlannerOptions(
        target, profile, areAllowed, allReadersQuantized, int8Attention, int8Gates, measuredNoise);
  }

  PlannerOptions withAllReadersQuantized(boolean areQuantized) {
    return new PlannerOptions(
        target,
        profile,
        groupedConvolutions,
        areQuantized,
        int8Attention,
        int8Gates,
        measuredNoise);
  }

  PlannerOptions withInt8Attention(boolean isWanted) {
    return new PlannerOptions(
        target,
        profile,
        groupedConvolutions,
        allReadersQuantized,
        isWanted,
        int8Gates,
        measuredNoise);
  }

  PlannerOptions withInt8Gates(boolean isWanted) {
    return new PlannerOptions(
        target,
        profile,
        groupedConvolutions,
        allReadersQuantized,
        int8Attention,
        isWanted,
        measuredNoise);
  }

  PlannerOptions withMeasuredNoise(Map<String, String> reasons) {
    return new PlannerOptions(
        target,
        profile,
        groupedConvolutions,
        allReadersQuantized,
        int8Attention,
        int8Gates,
        reasons);
  }

  boolean isForTensorRt() {
    return target == Target.TENSORRT;
  }
}
