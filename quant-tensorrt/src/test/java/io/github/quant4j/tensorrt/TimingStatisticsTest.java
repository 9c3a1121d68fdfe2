/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimingStatisticsTest {

  /*
   * import numpy as np
   * f = np.float32
   * def pct(v, p): return np.sort(v)[max(len(v) - 1 - int((f(1) - f(p) / f(100)) * f(len(v))), 0)]
   * for n in (1, 2, 10, 19, 100, 1000):
   *   v = 0.5 + (np.arange(n) * 7919 % n) / 1000.0
   *   print(n, np.median(v), *[pct(v, p) for p in (90, 95, 99)], v.mean(), v.std() / v.mean() * 100)
   */
  @ParameterizedTest
  @CsvSource({
    "1, 0.5, 0.5, 0.5, 0.5, 0.5, 0",
    "2, 0.5005, 0.501, 0.501, 0.501, 0.5005, 0.09990009990010001",
    "10, 0.5045, 0.508, 0.509, 0.509, 0.5045, 0.5693322741861283",
    "19, 0.509, 0.517, 0.518, 0.518, 0.509, 1.0760757514836279",
    "100, 0.5495, 0.589, 0.594, 0.599, 0.5495, 5.2531519650085725",
    "1000, 0.9995, 1.399, 1.449, 1.49, 0.9995, 28.88193999571881"
  })
  void of_times_isAsNumPyAndTrtexec(
      int count, double median, double p90, double p95, double p99, double mean, double variation) {
    List<Double> times =
        IntStream.range(0, count)
            .mapToObj(index -> 0.5 + index / 1000.0)
            .collect(Collectors.toList());
    Collections.shuffle(times, new Random(count));

    TimingStatistics statistics =
        TimingStatistics.of(times.stream().mapToDouble(Double::doubleValue).toArray());

    assertThat(
            new double[] {
              statistics.minimum(),
              statistics.maximum(),
              statistics.median(),
              statistics.percentile(90),
              statistics.percentile(95),
              statistics.percentile(99),
              statistics.mean(),
              statistics.coefficientOfVariation()
            })
        .containsExactly(
            new double[] {0.5, 0.5 + (count - 1) / 1000.0, median, p90, p95, p99, mean, variation},
            within(1e-12));
    assertThat(statistics.count()).isEqualTo(count);
  }

  @Test
  void percentile_ends_areTheShortestAndTheLongest() {
    TimingStatistics statistics = TimingStatistics.of(3, 1, 2);

    assertThat(statistics.percentile(0)).isEqualTo(1);
    assertThat(statistics.percentile(100)).isEqualTo(3);
  }

  @Test
  void of_onlyZeros_doNotVary() {
    assertThat(TimingStatistics.of(0, 0).coefficientOfVariation()).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void of_noTime_isRefused(double time) {
    assertThatIllegalArgumentException().isThrownBy(() -> TimingStatistics.of(1, time));
  }

  @Test
  void of_none_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimingStatistics.of())
        .withMessage("milliseconds is empty, expected at least one time");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 101})
  void percentile_outOfRange_isRefused(int percent) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimingStatistics.of(1).percentile(percent));
  }

  @Test
  void toString_isOneLineOfFigures() {
    assertThat(TimingStatistics.of(1, 3))
        .hasToString(
            "min 1.0000, max 3.0000, mean 2.0000, median 2.0000, p90 3.0000, p95 3.0000,"
                + " p99 3.0000 ms, cv 50.00 %");
  }
}
