/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.ptq.RepairComparison.Subject;
import java.util.List;
import java.util.Optional;

/**
 * What came out when the forms of a model under repair were run. Immutable and thread-safe.
 *
 * @param sampleCount the number of samples they were run on; 0 when none could be made
 * @param isSynthetic whether the samples are random numbers in the range of the quantized inputs,
 *     because none were given
 * @param comparisons what was compared; of the repaired model against the baseline unless there are
 *     no samples, of others as far as they were given and run
 */
public record RepairVerification(
    long sampleCount, boolean isSynthetic, List<RepairComparison> comparisons) {
  /**
   * Copies the list.
   *
   * @param sampleCount the number of samples
   * @param isSynthetic whether the samples are random numbers
   * @param comparisons what was compared
   */
  public RepairVerification {
    comparisons = List.copyOf(comparisons);
  }

  /**
   * Finds a comparison.
   *
   * @param of the form that is looked at
   * @param against what it is held against
   * @return the comparison, empty when it was not made
   */
  public Optional<RepairComparison> comparison(Subject of, Subject against) {
    return comparisons.stream()
        .filter(comparison -> comparison.of() == of && comparison.against() == against)
        .findFirst();
  }
}
