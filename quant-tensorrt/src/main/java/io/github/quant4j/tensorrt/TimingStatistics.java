/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Arrays;
import java.util.Locale;

/**
 * What is told of a series of times, as trtexec of TensorRT 10 computes it. Milliseconds. Immutable
 * and thread-safe.
 */
public final class TimingStatistics {

  /** Ascending. */
  private final double[] times;

  private final double mean;
  private final double deviation;

  private TimingStatistics(double[] times) {
    this.times = times;
    double sum = 0;
    for (double time : times) {
      sum += time;
    }
    this.mean = sum / times.length;
    double squares = 0;
    for (double time : times) {
      squares += (time - mean) * (time - mean);
    }
    this.deviation = Math.sqrt(squares / times.length);
  }

  /**
   * Returns the statistics of a series.
   *
   * @param milliseconds the times in any order, at least one; copied
   * @return the statistics
   * @throws IllegalArgumentException if there is none, or one is negative or not finite
   */
  public static TimingStatistics of(double... milliseconds) {
    if (milliseconds.length == 0) {
      throw new IllegalArgumentException("milliseconds is empty, expected at least one time");
    }
    double[] sorted = milliseconds.clone();
    Arrays.sort(sorted);
    if (sorted[0] < 0 || !Double.isFinite(sorted[sorted.length - 1])) {
      throw new IllegalArgumentException(
          "milliseconds are %s to %s, expected finite times of 0 or more"
              .formatted(sorted[0], sorted[sorted.length - 1]));
    }
    return new TimingStatistics(sorted);
  }

  /**
   * Returns how many times there are.
   *
   * @return the count, at least 1
   */
  public int count() {
    return times.length;
  }

  /**
   * Returns the shortest time.
   *
   * @return milliseconds
   */
  public double minimum() {
    return times[0];
  }

  /**
   * Returns the longest time.
   *
   * @return milliseconds
   */
  public double maximum() {
    return times[times.length - 1];
  }

  /**
   * Returns the arithmetic mean.
   *
   * @return milliseconds
   */
  public double mean() {
    return mean;
  }

  /**
   * Returns the middle time, the mean of the middle two when their number is even.
   *
   * @return milliseconds
   */
  public double median() {
    int middle = times.length / 2;
    return times.length % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
  }

  /**
   * Returns a time that no more than some of them exceed.
   *
   * <p>Formula: element {@code max(n - 1 - int((1 - p / 100) * n), 0)} of the {@code n} ascending
   * times, in float32 arithmetic; nothing is interpolated. Source: trtexec of TensorRT 10.
   *
   * @param percent which percentile, 0 to 100
   * @return milliseconds
   * @throws IllegalArgumentException if it is another
   */
  public double percentile(int percent) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("percent is " + percent + ", expected 0 to 100");
    }
    int excluded = (int) ((1 - percent / 100f) * times.length);
    return times[Math.max(times.length - 1 - excluded, 0)];
  }

  /**
   * Returns how much the times scatter.
   *
   * <p>Formula: {@code 100 * s / mean} with {@code s = sqrt(sum((t - mean)^2) / n)}; 0 when the
   * mean is 0.
   *
   * @return the coefficient of variation in percent
   */
  public double coefficientOfVariation() {
    return mean == 0 ? 0 : deviation / mean * 100;
  }

  /**
   * Returns the figures that trtexec prints.
   *
   * @return one line, in milliseconds
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "min %.4f, max %.4f, mean %.4f, median %.4f, p90 %.4f, p95 %.4f, p99 %.4f ms, cv %.2f %%",
        minimum(),
        maximum(),
        mean,
        median(),
        percentile(90),
        percentile(95),
        percentile(99),
        coefficientOfVariation());
  }
}
