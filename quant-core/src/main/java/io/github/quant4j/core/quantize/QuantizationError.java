/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import java.nio.FloatBuffer;

/**
 * Measures how far a tensor lies from its reference.
 *
 * <p>With reference {@code r}, actual values {@code a} and {@code n} pairs:
 *
 * <ul>
 *   <li>mean squared error {@code sum((r - a)^2) / n}
 *   <li>signal to quantization noise ratio {@code 10 * log10(sum(r^2) / sum((r - a)^2))} in
 *       decibels
 *   <li>cosine similarity {@code sum(r * a) / sqrt(sum(r^2) * sum(a^2))}
 *   <li>maximum absolute error {@code max(|r - a|)}
 * </ul>
 *
 * <p>Domain: any float32 values. Results of special cases:
 *
 * <ul>
 *   <li>Without a pair every measure is NaN.
 *   <li>Equal tensors: errors 0, ratio positive infinity, similarity 1 but for rounding. This holds
 *       for two all-zero tensors too, similarity 1 by definition.
 *   <li>An all-zero reference with an error: ratio negative infinity, similarity 0. An all-zero
 *       actual tensor of another reference: ratio 0, similarity 0.
 *   <li>A NaN, or an infinite value on both sides, makes every measure NaN; an infinite value on
 *       one side makes the errors infinite.
 *   <li>Sums cannot overflow: the square of a float32 value is below 1.2e77.
 * </ul>
 *
 * <p>Accuracy: differences and products are exact or rounded once in double; sums are double over
 * chunks of 4096 pairs, then over chunks, so a sum of squares has a relative error below {@code
 * (4096 + n / 4096) * 1.2e-16}. Another order or other batches of the same pairs change the results
 * by no more than that.
 *
 * <p>Cost: one pass, constant memory. Not thread-safe; give every thread its own and {@code
 * combine} them.
 *
 * <p>Source: SQNR as in {@code torch.ao.ns.fx.utils.compute_sqnr} (PyTorch), there {@code 20 *
 * log10} of the ratio of norms.
 */
public final class QuantizationError {

  private static final int CHUNK_LENGTH = 4096;

  private final float[] references = new float[CHUNK_LENGTH];
  private final float[] actuals = new float[CHUNK_LENGTH];
  private long count;
  private double squaredError;
  private double squaredReference;
  private double squaredActual;
  private double product;
  private double maximum;

  private QuantizationError() {}

  /**
   * Returns a measurement without pairs.
   *
   * @return a new measurement
   */
  public static QuantizationError create() {
    return new QuantizationError();
  }

  /**
   * Takes in some pairs.
   *
   * @param reference float32 values from position to limit, heap or direct; read only, neither kept
   *     nor moved
   * @param actual as many values to compare with them in the same order; likewise
   * @throws IllegalArgumentException if the numbers of values differ
   */
  public void observe(FloatBuffer reference, FloatBuffer actual) {
    int size = reference.remaining();
    if (actual.remaining() != size) {
      throw new IllegalArgumentException(
          "actual has %s values remaining, expected %s as reference"
              .formatted(actual.remaining(), size));
    }
    for (int done = 0; done < size; done += CHUNK_LENGTH) {
      int length = Math.min(CHUNK_LENGTH, size - done);
      reference.get(reference.position() + done, references, 0, length);
      actual.get(actual.position() + done, actuals, 0, length);
      observeChunk(length);
    }
    count += size;
  }

  /**
   * Takes in all pairs that another measurement has seen.
   *
   * @param other the other measurement, left as it is
   * @return this measurement
   */
  public QuantizationError combine(QuantizationError other) {
    count += other.count;
    squaredError += other.squaredError;
    squaredReference += other.squaredReference;
    squaredActual += other.squaredActual;
    product += other.product;
    maximum = Math.max(maximum, other.maximum);
    return this;
  }

  /**
   * Returns the number of pairs.
   *
   * @return the count, from 0
   */
  public long count() {
    return count;
  }

  /**
   * Returns the mean squared error.
   *
   * @return the mean, from 0; NaN without a pair
   */
  public double meanSquaredError() {
    return squaredError / count;
  }

  /**
   * Returns the signal to quantization noise ratio.
   *
   * @return decibels; positive infinity without error, else negative infinity without signal; NaN
   *     without a pair
   */
  public double sqnrDecibels() {
    if (count > 0 && squaredError == 0) {
      return Double.POSITIVE_INFINITY;
    }
    return 10 * Math.log10(squaredReference / squaredError);
  }

  /**
   * Returns the cosine of the angle between both tensors.
   *
   * @return from -1 to 1; 1 when both are all zero, 0 when one of them is; NaN without a pair
   */
  public double cosineSimilarity() {
    if (count > 0 && (squaredReference == 0 || squaredActual == 0)) {
      return squaredReference == squaredActual ? 1 : squaredActual * squaredReference;
    }
    double cosine = product / (Math.sqrt(squaredReference) * Math.sqrt(squaredActual));
    return Math.max(-1, Math.min(1, cosine));
  }

  /**
   * Returns the largest absolute difference of a pair.
   *
   * @return the maximum, from 0; NaN without a pair
   */
  public double maximumAbsoluteError() {
    return count == 0 ? Double.NaN : maximum;
  }

  private void observeChunk(int length) {
    double errors = 0;
    double referenceSquares = 0;
    double actualSquares = 0;
    double products = 0;
    double largest = 0;
    for (int i = 0; i < length; i++) {
      double reference = references[i];
      double actual = actuals[i];
      double error = reference - actual;
      errors += error * error;
      referenceSquares += reference * reference;
      actualSquares += actual * actual;
      products += reference * actual;
      largest = Math.max(largest, Math.abs(error));
    }
    squaredError += errors;
    squaredReference += referenceSquares;
    squaredActual += actualSquares;
    product += products;
    maximum = Math.max(maximum, largest);
  }
}
