/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * What a user chose of the rules.
 *
 * @param target the runtime the plan is for
 * @param profile what to favour
 * @param groupedConvolutions whether TensorRT may be given grouped convolutions in INT8
 */
record PlannerOptions(Target target, PlanProfile profile, boolean groupedConvolutions) {
  static final PlannerOptions DEFAULT =
      new PlannerOptions(Target.TENSORRT, PlanProfile.BALANCED, false);

  PlannerOptions withTarget(Target other) {
    return new PlannerOptions(other, profile, groupedConvolutions);
  }

  PlannerOptions withProfile(PlanProfile other) {
    return new PlannerOptions(target, other, groupedConvolutions);
  }

  PlannerOptions withGroupedConvolutions(boolean areAllowed) {
    return new PlannerOptions(target, profile, areAllowed);
  }

  boolean isForTensorRt() {
    return target == Target.TENSORRT;
  }
}
