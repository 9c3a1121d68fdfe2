/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * What a user chose of the rules.
 *
 * @param target the runtime the plan is for
 * @param profile what to favour
 * @param groupedConvolutions whether TensorRT may be given grouped convolutions in INT8
 * @param allReadersQuantized whether float readers that only pass values on read the pair too
 */
record PlannerOptions(
    Target target, PlanProfile profile, boolean groupedConvolutions, boolean allReadersQuantized) {
  static final PlannerOptions DEFAULT =
      new PlannerOptions(Target.TENSORRT, PlanProfile.BALANCED, false, false);

  PlannerOptions withTarget(Target other) {
    return new PlannerOptions(other, profile, groupedConvolutions, allReadersQuantized);
  }

  PlannerOptions withProfile(PlanProfile other) {
    return new PlannerOptions(target, other, groupedConvolutions, allReadersQuantized);
  }

  PlannerOptions withGroupedConvolutions(boolean areAllowed) {
    return new PlannerOptions(target, profile, areAllowed, allReadersQuantized);
  }

  PlannerOptions withAllReadersQuantized(boolean areQuantized) {
    return new PlannerOptions(target, profile, groupedConvolutions, areQuantized);
  }

  boolean isForTensorRt() {
    return target == Target.TENSORRT;
  }
}
