/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FastLogTest {

  @Test
  void of_anyNumber_isWithinTheStatedError() {
    long seed = 20_261_121;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200_000; i++) {
      double x = Math.scalb(1 + random.nextDouble(), random.nextInt(-1000, 1000));
      assertWithin(x, seed);
      assertWithin(1 + (random.nextDouble() - 0.5) / 100, seed);
      assertWithin((double) random.nextLong(1, 1L << 40), seed);
    }
  }

  private static void assertWithin(double x, long seed) {
    double exact = StrictMath.log(x);
    double error = Math.abs(FastLog.of(x) - exact);
    if (error > 4e-16 + 3e-16 * Math.abs(exact)) {
      assertThat(error).as("log of %s, seed %d", x, seed).isZero();
    }
  }
}
