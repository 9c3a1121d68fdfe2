/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

/**
 * A generator of random numbers that is the same everywhere and for all time: SplitMix64.
 *
 * <p>The JDK fixes the numbers of {@code java.util.Random} alone, whose neighbouring seeds give
 * related numbers; those of {@code java.util.SplittableRandom} are these, but no specification says
 * so, least of all for numbers below a bound.
 *
 * <p>Not thread-safe. Source: G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom
 * number generators, OOPSLA 2014, doi:10.1145/2660193.2660195.
 */
final class SplitMix {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  SplitMix(long seed) {
    this.state = seed;
  }

  /** Returns the next 64 bits. */
  long next() {
    state += GOLDEN_GAMMA;
    long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /**
   * Returns a number from 0 to {@code bound - 1}, all equally likely: draws again where the last,
   * incomplete run of the bound among the 63-bit numbers would favour the low ones.
   */
  long below(long bound) {
    while (true) {
      long drawn = next() >>> 1;
      long number = drawn % bound;
      if (drawn - number <= Long.MAX_VALUE - (bound - 1)) {
        return number;
      }
    }
  }
}
