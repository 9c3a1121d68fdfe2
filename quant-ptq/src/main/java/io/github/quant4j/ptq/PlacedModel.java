/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What {@link DevicePlacement} gives back. Immutable.
 *
 * @param quantized the INT8 model with its plan; empty where INT8 does not pay and all stays float.
 *     Where the plan has nothing in INT8 it says why, and nothing was timed
 * @param model the INT8 model, or the float model where there is none
 * @param reasons why operators stay float for their time, by name; {@link
 *     PostTrainingQuantization#measuredTime} takes them on a machine without a GPU
 * @param trials what was timed, in that order
 */
public record PlacedModel(
    Optional<QuantizedModel> quantized,
    OnnxModel model,
    Map<String, String> reasons,
    List<PlacementTrial> trials) {
  /**
   * Copies the collections.
   *
   * @param quantized the INT8 model, if any
   * @param model the model to build
   * @param reasons why operators stay float, by name
   * @param trials what was timed
   */
  public PlacedModel {
    reasons = Collections.unmodifiableMap(new TreeMap<>(reasons));
    trials = List.copyOf(trials);
  }

  /** Returns what was timed, in words, where the model is not as planned for it. */
  List<String> notes() {
    return quantized.isPresent() && reasons.isEmpty()
        ? List.of()
        : trials.stream().map(trial -> "P53: " + trial).toList();
  }

  /** Writes the model and returns {@link #notes} with where it is. */
  List<String> keptAs(Path file) throws IOException {
    Files.createDirectories(requireNonNull(file.toAbsolutePath().getParent(), "parent"));
    model.write(file);
    return Stream.concat(notes().stream(), Stream.of("model \"" + file + "\"")).toList();
  }

  static PlacedModel of(
      QuantizedModel quantized, Map<String, String> reasons, List<PlacementTrial> trials) {
    return new PlacedModel(Optional.of(quantized), quantized.model(), reasons, trials);
  }
}
