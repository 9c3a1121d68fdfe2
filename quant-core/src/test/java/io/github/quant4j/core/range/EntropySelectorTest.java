/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntropySelectorTest {

  private final EntropySelector selector = EntropySelector.create();

  @Test
  void best_ofRandomCounts_isThatOfTheNaiveSearch() {
    for (int seed = 0; seed < 12; seed++) {
      long[] counts = randomCounts(seed);
      for (int levels : new int[] {8, 128, 256}) {
        assertThat(new EntropySearch(counts, levels).best())
            .as("seed %d, %d levels", seed, levels)
            .isEqualTo(naiveBest(counts, levels));
      }
    }
  }

  @Test
  void divergence_ofEveryCandidate_isThatOfTheFormula() {
    long[] counts = randomCounts(3);
    EntropySearch search = new EntropySearch(counts, 128);
    double total = Arrays.stream(counts).sum();

    for (int size = 128; size <= counts.length; size += 7) {
      double naive = naiveDivergence(counts, size, 128);
      double fast = search.divergence(size, Double.POSITIVE_INFINITY) / total;
      assertThat(fast).isBetween(naive - 1e-12, naive + 1e-12);
    }
  }

  @Test
  void select_withOutlier_clipsIt() {
    float[] values = Arrays.copyOf(Histograms.normal(1, 20_000), 20_001);
    values[20_000] = 40;
    ValueRange range = selector.select(Histograms.of(values));

    assertThat(range.maximum()).isBetween(3f, 6f);
    assertThat(range.minimum()).isBetween(-6f, -3f);
  }

  @Test
  void select_ofManyZeros_isThatOfFew() {
    float[] values = Histograms.normal(2, 50_000);
    float[] relu = new float[200_000];
    for (int i = 0; i < values.length; i++) {
      relu[i] = Math.abs(values[i]);
    }

    assertThat(selector.select(Histograms.of(relu)).maximum())
        .isEqualTo(selector.select(Histograms.of(Arrays.copyOf(relu, 50_000))).maximum())
        .isGreaterThan(2.5f);
  }

  @Test
  void select_ofFewOrEqualValues_keepsAll() {
    for (float[] values :
        new float[][] {
          {0},
          {0, -0f},
          {-3},
          {2.375f, 2.375f},
          {1, 2, 3},
          {-1, 1e-3f},
          {0, 0, 0, 5},
          {4, 5, -40},
          {Float.MIN_VALUE},
          {Float.MIN_VALUE * 9, 0},
          {-Float.MAX_VALUE, Float.MAX_VALUE}
        }) {
      HistogramSnapshot histogram = Histograms.of(values);
      assertThat(selector.select(histogram))
          .as(Arrays.toString(values))
          .isEqualTo(new ValueRange(histogram.minimum(), histogram.maximum()));
    }
  }

  @Test
  void select_ofAnyValues_isWithinThemAndWide() {
    for (int seed = 0; seed < 60; seed++) {
      HistogramSnapshot histogram = Histograms.of(Histograms.mixed(seed, 1 + seed * 97));
      ValueRange range = selector.select(histogram);

      assertThat(range.minimum()).as("seed %d", seed).isGreaterThanOrEqualTo(histogram.minimum());
      assertThat(range.maximum()).as("seed %d", seed).isLessThanOrEqualTo(histogram.maximum());
      assertThat(range.absoluteMaximum())
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(histogram.absoluteMaximum() / 16);
      assertThat(selector.select(histogram)).isEqualTo(range);
    }
  }

  @Test
  void select_ofOneSign_staysOnIt() {
    float[] values = Histograms.normal(5, 5_000);
    for (int i = 0; i < values.length; i++) {
      values[i] = -20 + values[i];
    }
    HistogramSnapshot histogram = Histograms.of(values);

    ValueRange range = selector.select(histogram);
    assertThat(range.maximum()).isEqualTo(histogram.maximum());
    assertThat(range.minimum()).isBetween(-25f, -21f);
  }

  @Test
  void select_ofSpikeAndSpread_clipsAtMostOnePercent() {
    Random random = new Random(6);
    float[] values = new float[100_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 5 < 3 ? 2 : 4 * random.nextFloat();
    }

    assertThat(selector.select(Histograms.of(values)).maximum()).isGreaterThan(3.8f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1025})
  void create_levelsOutOfRange_areRefused(int levels) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntropySelector.create(levels))
        .withMessage("levelCount is %d, expected 2 to 1024", levels);
  }

  @Test
  void select_ofNoValues_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> selector.select(Histograms.of()))
        .withMessage("histogram has no finite value, expected at least one");
  }

  private static long[] randomCounts(int seed) {
    Random random = new Random(seed);
    long[] counts = new long[600 + 113 * seed];
    for (int bin = 0; bin < counts.length; bin++) {
      double decay = Math.exp(-bin * (1 + seed % 5) / 400.0);
      counts[bin] = (long) (decay * random.nextInt(seed < 6 ? 1_000 : 5));
    }
    counts[counts.length - 1] = 1;
    return counts;
  }

  private static int naiveBest(long[] counts, int levels) {
    double total = Arrays.stream(counts).sum();
    int best = counts.length;
    double least = Double.POSITIVE_INFINITY;
    for (int size = counts.length; size >= levels; size--) {
      double divergence = naiveDivergence(counts, size, levels);
      double kept = Arrays.stream(counts, 0, size).sum();
      if (divergence < least - 1e-12 && kept >= 0.99 * total) {
        least = divergence;
        best = size;
      }
    }
    return best;
  }

  /** The divergence straight from the definition, in O(size). */
  private static double naiveDivergence(long[] counts, int size, int levels) {
    double[] p = new double[size];
    double beyond = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      if (bin < size) {
        p[bin] = counts[bin];
      } else {
        beyond += counts[bin];
      }
    }
    p[size - 1] += beyond;
    double[] sums = new double[levels];
    int[] filled = new int[levels];
    for (int bin = 0; bin < size; bin++) {
      int level = (int) ((long) bin * levels / size);
      sums[level] += counts[bin];
      filled[level] += p[bin] > 0 ? 1 : 0;
    }
    double sumP = Arrays.stream(p).sum();
    double divergence = 0;
    for (int bin = 0; bin < size; bin++) {
      int level = (int) ((long) bin * levels / size);
      double q = p[bin] > 0 ? sums[level] / filled[level] / sumP : 0;
      if (p[bin] > 0) {
        divergence +=
            q == 0 ? Double.POSITIVE_INFINITY : p[bin] / sumP * Math.log(p[bin] / sumP / q);
      }
    }
    return divergence;
  }
}
