/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * What an engine takes with one optimization profile.
 *
 * @param inputs every input with the shapes of the profile
 */
record ProfileInputs(List<InputBounds> inputs) {

  /**
   * The inputs with each profile, in the order of the profiles; with their fixed shapes where there
   * is no profile.
   *
   * @param profiles one after the other, each with all inputs that have dynamic axes
   */
  static List<ProfileInputs> of(List<ShapeProfile> profiles, List<EngineTensor> inputs) {
    return profiles.isEmpty()
        ? List.of(of(Map.of(), inputs))
        : profiles.stream().map(profile -> of(profile.ranges(), inputs)).toList();
  }

  /**
   * Returns when some profile takes each sample.
   *
   * @throws EngineBuildException naming the first sample that none takes
   */
  static void verify(List<ProfileInputs> profiles, List<Map<String, Tensor>> samples) {
    for (int index = 0; index < samples.size(); index++) {
      Map<String, Tensor> sample = samples.get(index);
      if (profiles.stream().noneMatch(profile -> profile.takes(sample))) {
        throw EngineBuildException.refusal(
            "sample %s of %s of the check fits no optimization profile: %s"
                .formatted(index + 1, samples.size(), profiles.get(0).refusal(sample)));
      }
    }
  }

  /** Whether an engine can be run with a sample. */
  boolean takes(Map<String, Tensor> sample) {
    return refusal(sample).isEmpty();
  }

  /** What does not fit; empty where all does. */
  private String refusal(Map<String, Tensor> sample) {
    try {
      InputBounds.verify(inputs, sample);
      return "";
    } catch (EngineInputException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static ProfileInputs of(Map<String, ShapeRange> ranges, List<EngineTensor> inputs) {
    return new ProfileInputs(inputs.stream().map(input -> InputBounds.of(input, ranges)).toList());
  }
}
