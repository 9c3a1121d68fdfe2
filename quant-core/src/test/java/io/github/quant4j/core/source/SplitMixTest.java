/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitMixTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 42, -1, Long.MIN_VALUE})
  void nextIsThatOfTheSplittableRandomOfTheJdk(long seed) {
    SplitMix random = new SplitMix(seed);
    SplittableRandom expected = new SplittableRandom(seed);

    for (int i = 0; i < 100; i++) {
      assertThat(random.next()).isEqualTo(expected.nextLong());
    }
  }

  /* Published with the reference implementation in C, for seed 1234567. */
  @Test
  void nextOfPublishedSeedIsThePublishedNumber() {
    assertThat(new SplitMix(1234567).next()).isEqualTo(6457827717110365317L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 1000, Long.MAX_VALUE})
  void belowStaysBelow(long bound) {
    SplitMix random = new SplitMix(9);

    for (int i = 0; i < 1000; i++) {
      assertThat(random.below(bound)).isBetween(0L, bound - 1);
    }
  }

  /* The rest of a division alone would give half of the numbers below a third of this bound. */
  @Test
  void belowOfBoundNearTheRangeFavoursNoNumber() {
    SplitMix random = new SplitMix(9);
    int low = 0;
    for (int i = 0; i < 30_000; i++) {
      low += random.below(3L << 61) < 1L << 61 ? 1 : 0;
    }

    assertThat(low).isBetween(9_500, 10_500);
  }
}
