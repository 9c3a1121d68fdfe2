/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The result of a {@link Verification}. Immutable and thread-safe.
 *
 * @param sampleCount the number of samples both models were run on
 * @param outputs a comparison for each float output, in the order of the model
 * @param tensors a comparison for each quantized activation, in the order of the graph, on the
 *     first samples only
 * @param topOne the accuracy, where labels were given
 */
public record VerificationReport(
    long sampleCount,
    List<TensorComparison> outputs,
    List<TensorComparison> tensors,
    Optional<TopOneAccuracy> topOne) {

  /**
   * Copies the lists.
   *
   * @param sampleCount the number of samples
   * @param outputs the comparisons of outputs
   * @param tensors the comparisons of activations
   * @param topOne the accuracy, empty without labels
   */
  public VerificationReport {
    outputs = List.copyOf(outputs);
    tensors = List.copyOf(tensors);
  }

  /**
   * Returns the quantized activations that lost most.
   *
   * @param count how many
   * @return the comparisons, the lowest SQNR first
   */
  public List<TensorComparison> worstTensors(int count) {
    return tensors.stream()
        .sorted(Comparator.comparingDouble(TensorComparison::sqnrDecibels))
        .limit(count)
        .toList();
  }

  /**
   * Returns the lowest SQNR of an output.
   *
   * @return decibels, positive infinity when no output differs
   */
  public double worstOutputSqnr() {
    return outputs.stream()
        .mapToDouble(TensorComparison::sqnrDecibels)
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }
}
