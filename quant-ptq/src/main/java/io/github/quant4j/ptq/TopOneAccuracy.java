/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

/**
 * How often the class of the largest score is the labelled one, in both models.
 *
 * @param sampleCount the number of labelled samples
 * @param referenceCorrect how many the float model got right
 * @param quantizedCorrect how many the INT8 model got right
 * @param agreeing how many both put into the same class, right or wrong
 */
public record TopOneAccuracy(
    long sampleCount, long referenceCorrect, long quantizedCorrect, long agreeing) {

  /**
   * Returns the share the float model got right.
   *
   * @return a number in [0, 1]
   */
  public double reference() {
    return (double) referenceCorrect / sampleCount;
  }

  /**
   * Returns the share the INT8 model got right.
   *
   * @return a number in [0, 1]
   */
  public double quantized() {
    return (double) quantizedCorrect / sampleCount;
  }

  /**
   * Returns what the INT8 model lost.
   *
   * @return percentage points, negative when it got more right
   */
  public double dropPoints() {
    return 100.0 * (referenceCorrect - quantizedCorrect) / sampleCount;
  }
}
