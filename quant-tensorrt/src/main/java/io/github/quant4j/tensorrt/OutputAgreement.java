/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * How far an output of an engine agrees with the reference of an {@link AnswerCheck}, over all
 * samples. Immutable and thread-safe.
 *
 * @param output the name of the output
 * @param sqnrDecibels the signal to quantization noise ratio of the pairs of finite elements in
 *     decibels: infinite where all are equal, negative infinite where only the reference is all
 *     zeros; NaN without such a pair, and for outputs that are not float
 * @param largestDifference the largest absolute difference of such a pair; NaN likewise
 * @param nonFiniteCount how many elements are infinite or NaN in one of the answers and something
 *     else in the other
 * @param equalShare the share of elements that are equal, from 0 to 1; 1 for empty tensors. For
 *     information: it is not judged
 */
public record OutputAgreement(
    String output,
    double sqnrDecibels,
    double largestDifference,
    long nonFiniteCount,
    double equalShare) {

  /**
   * Creates an agreement.
   *
   * @param output the name of the output
   * @param sqnrDecibels the signal to quantization noise ratio in decibels
   * @param largestDifference the largest absolute difference
   * @param nonFiniteCount how many elements are not finite in one of the answers
   * @param equalShare the share of equal elements
   */
  public OutputAgreement {
    requireNonNull(output, "output");
  }

  /** Whether the output does not tell against the engine. */
  boolean holds(double minimumSqnr) {
    // Not a number where there was nothing to compare.
    return nonFiniteCount == 0 && !(sqnrDecibels < minimumSqnr);
  }

  /**
   * Returns the agreement in words.
   *
   * @return e.g. {@code 'logits' 61.2 dB, largest difference 0.004}
   */
  @Override
  public String toString() {
    String text =
        Double.isNaN(sqnrDecibels)
            ? String.format(Locale.ROOT, "'%s' %.1f %% equal", output, 100 * equalShare)
            : String.format(
                Locale.ROOT,
                "'%s' %.1f dB, largest difference %.3g",
                output,
                sqnrDecibels,
                largestDifference);
    return nonFiniteCount == 0 ? text : text + ", " + nonFiniteCount + " elements not finite";
  }
}
