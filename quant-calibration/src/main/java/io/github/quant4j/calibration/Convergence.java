/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

/**
 * When the ranges of a calibration run count as settled, and whether the run then ends early.
 *
 * <p>Formula: with {@code a(n)} the largest magnitude of all finite values of a tensor in batches 1
 * to {@code n}, its movement is {@code (a(n) - a(n - window)) / a(n)}, 0 where {@code a(n)} is 0.
 * The scale of symmetric INT8 is {@code a / 127}, so this is the share of the scale that the last
 * {@code window} batches made. A tensor is settled when {@code n > window}, it had a value {@code
 * window} batches ago and its movement is at most {@code threshold}.
 *
 * <ul>
 *   <li>A range never shrinks, so the movement is from 0 to 1; it is 1 where no value was seen
 *       {@code window} batches ago.
 *   <li>A tensor that has had no value for more than {@code window} batches holds nothing up.
 *   <li>The end of a range nearer to 0 does not enter, as it does not enter a symmetric scale; an
 *       asymmetric scale depends on it too.
 * </ul>
 *
 * <p>What it can tell: the largest of many values never settles for good. With samples in random
 * order the next batch holds a new largest value with a chance of about {@code 1 / (n + 1)},
 * whatever the distribution, and nothing bounds by how much. Settled means that the last batches
 * brought little, not that none will. Ranges by percentile, entropy or least squared error rest on
 * all values instead of one and usually move less; but where samples come sorted, by class for
 * example, they go on moving while the extremes stand still, so shuffle first.
 *
 * <p>Immutable and thread-safe; every {@code with} method returns a changed copy.
 *
 * @param threshold the largest movement that counts as settled, from 0 to below 1; 0.01 by default,
 *     about one INT8 code at the end of the range
 * @param window over how many batches the movement is taken, from 1 to 1,000; 10 by default
 * @param minimumSampleCount before how many samples no run ends early, from 0; 128 by default, the
 *     least that is usual for calibration
 * @param stopsEarly whether a run ends as soon as all tensors are settled; by default it does not
 */
public record Convergence(
    double threshold, int window, long minimumSampleCount, boolean stopsEarly) {

  /** The longest window, in batches. */
  static final int MAXIMUM_WINDOW = 1_000;

  private static final Convergence DEFAULTS = new Convergence(0.01, 10, 128, false);

  /**
   * Checks the numbers.
   *
   * @param threshold the largest movement that counts as settled
   * @param window over how many batches the movement is taken
   * @param minimumSampleCount before how many samples no run ends early
   * @param stopsEarly whether a run ends as soon as all tensors are settled
   * @throws IllegalArgumentException if a number is outside its range
   */
  public Convergence {
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "threshold is %s, expected 0 to below 1, 0.01 for 1 %%".formatted(threshold));
    }
    if (window < 1 || window > MAXIMUM_WINDOW) {
      throw new IllegalArgumentException(
          "window is %s batches, expected 1 to %s".formatted(window, MAXIMUM_WINDOW));
    }
    if (minimumSampleCount < 0) {
      throw new IllegalArgumentException(
          "minimumSampleCount is %s, expected 0 or more".formatted(minimumSampleCount));
    }
  }

  /**
   * Returns the defaults: 1 % over 10 batches, told in the report alone.
   *
   * @return the defaults
   */
  public static Convergence defaults() {
    return DEFAULTS;
  }

  /**
   * Returns the same with another threshold.
   *
   * @param threshold the largest movement that counts as settled, from 0 to below 1
   * @return a changed copy
   * @throws IllegalArgumentException if it is outside this range
   */
  public Convergence withThreshold(double threshold) {
    return new Convergence(threshold, window, minimumSampleCount, stopsEarly);
  }

  /**
   * Returns the same with another window.
   *
   * @param window over how many batches the movement is taken, from 1 to 1,000
   * @return a changed copy
   * @throws IllegalArgumentException if it is outside this range
   */
  public Convergence withWindow(int window) {
    return new Convergence(threshold, window, minimumSampleCount, stopsEarly);
  }

  /**
   * Returns the same with another least number of samples.
   *
   * @param minimumSampleCount before how many samples no run ends early, from 0
   * @return a changed copy
   * @throws IllegalArgumentException if it is negative
   */
  public Convergence withMinimumSampleCount(long minimumSampleCount) {
    return new Convergence(threshold, window, minimumSampleCount, stopsEarly);
  }

  /**
   * Returns the same with or without an early end.
   *
   * @param stopsEarly whether a run ends as soon as all tensors are settled and it has seen {@link
   *     #minimumSampleCount()} samples
   * @return a changed copy
   */
  public Convergence withEarlyStop(boolean stopsEarly) {
    return new Convergence(threshold, window, minimumSampleCount, stopsEarly);
  }
}
