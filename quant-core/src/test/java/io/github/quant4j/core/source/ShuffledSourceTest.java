/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static io.github.quant4j.core.source.CountingSource.samples;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffledSourceTest {

  /*
   * In Python 3 with a SplitMix64 of its own, b(n) = its 63 upper bits below n, seed 7: fill a list
   * w of 5, then i = b(len(w)); take w[i]; w[i] = w[-1]; w.pop(); append the next of range(12).
   */
  @Test
  void nextGivesTheOrderOfTheSeed() throws IOException {
    assertThat(samples(new CountingSource(12, 3).shuffled(5, 7)))
        .containsExactly(3, 2, 4, 1, 5, 8, 10, 7, 0, 9, 11, 6);
  }

  @Test
  void windowOfAllMakesEveryOrderEquallyLikely() throws IOException {
    int seeds = 24_000;
    Map<List<Integer>, Integer> counts = new HashMap<>();
    for (long seed = 0; seed < seeds; seed++) {
      counts.merge(samples(new CountingSource(4, 3).shuffled(4, seed)), 1, Integer::sum);
    }

    // 24 orders of probability 1/24: a standard deviation is 31.0, five of them are allowed.
    assertThat(counts).hasSize(24);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(845, 1155));
  }

  @Test
  void windowKeepsSamplesFromComingTooEarly() throws IOException {
    for (long seed = 0; seed < 50; seed++) {
      List<Integer> shuffled = samples(new CountingSource(100, 7).shuffled(10, seed));

      assertThat(shuffled)
          .as("seed %s", seed)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100).boxed().toList());
      for (int step = 0; step < 100; step++) {
        assertThat(shuffled.get(step)).as("seed %s", seed).isLessThan(step + 10);
      }
    }
  }

  @Test
  void windowOfOneKeepsTheOrder() throws IOException {
    assertThat(samples(new CountingSource(10, 3).shuffled(1, 5)))
        .isEqualTo(IntStream.range(0, 10).boxed().toList());
  }

  @Test
  void nextKeepsTheSizesOfTheBatches() throws IOException {
    assertThat(CountingSource.sizes(new CountingSource(12, 3, 0, 5).shuffled(100, 5)))
        .containsExactly(3L, 5L, 3L, 1L);
  }

  @Test
  void nextReadsNoFurtherThanTheWindow() throws IOException {
    CountingSource counting = new CountingSource(1000, 4);
    assertThat(counting.shuffled(10, 5).next()).isPresent();

    assertThat(counting.readCount).isLessThanOrEqualTo(16);
  }

  @Test
  void windowBelowOneIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CountingSource(1, 1).shuffled(0, 0))
        .withMessage("windowSampleCount is 0, expected 1 or more");
  }
}
