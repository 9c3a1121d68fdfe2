/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * How the time of an engine on the GPU relates to that of another one. Below 1 it is faster.
 *
 * @param name the engine
 * @param ratio the estimate
 * @param lower the lower end of the 95 % confidence interval
 * @param upper the upper end of the 95 % confidence interval
 */
public record TimingRatio(String name, double ratio, double lower, double upper) {

  private static final double UPPER_TAIL = 0.975;

  /**
   * The ratio of medians that were taken in turn.
   *
   * <p>Formula: with {@code d = ln(candidate / baseline)} in each of the {@code n} rounds, mean
   * {@code m} and sample deviation {@code s} of {@code d}, the ratio is {@code exp(m)} and the
   * interval {@code exp(m -/+ t * s / sqrt(n))}, {@code t} being the 0.975 quantile of Student's
   * distribution with {@code n - 1} degrees of freedom. Drifts of the clock that last longer than a
   * round cancel out in {@code d}.
   *
   * @param candidate the median of each round, at least two
   * @param baseline the medians of the same rounds
   */
  static TimingRatio of(String name, double[] candidate, double[] baseline) {
    int count = candidate.length;
    double mean = 0;
    for (int round = 0; round < count; round++) {
      mean += Math.log(candidate[round] / baseline[round]) / count;
    }
    double squares = 0;
    for (int round = 0; round < count; round++) {
      double distance = Math.log(candidate[round] / baseline[round]) - mean;
      squares += distance * distance;
    }
    double error = Math.sqrt(squares / (count - 1) / count);
    double half =
        new TDistribution(null, count - 1.0).inverseCumulativeProbability(UPPER_TAIL) * error;
    return new TimingRatio(name, Math.exp(mean), Math.exp(mean - half), Math.exp(mean + half));
  }

  /**
   * Returns whether the whole interval lies below 1.
   *
   * @return true if the engine is faster than the baseline beyond doubt
   */
  public boolean isFaster() {
    return upper < 1;
  }

  /**
   * Returns ratio and interval.
   *
   * @return e.g. {@code int8 0.512 [0.508, 0.517]}
   */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.3f [%.3f, %.3f]", name, ratio, lower, upper);
  }
}
