/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.OnnxModel;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The float model that a quantized one stands for.
 *
 * @param model the float model, with the names of the quantized one's tensors
 * @param observationPoints names of float tensors of it whose ranges tell what the quantized model
 *     leaves open
 */
public record FloatForm(OnnxModel model, SortedSet<String> observationPoints) {
  /**
   * Copies the names.
   *
   * @param model the float model
   * @param observationPoints names of float tensors of it
   */
  public FloatForm {
    observationPoints = Collections.unmodifiableSortedSet(new TreeSet<>(observationPoints));
  }
}
