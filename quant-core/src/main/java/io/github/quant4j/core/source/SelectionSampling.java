/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

/**
 * Chooses a random subset of given size from samples that pass by in order, without keeping them.
 *
 * <p>With {@code k} samples still to choose of {@code n} still to come, the next one is chosen with
 * probability {@code k / n}. Every subset of that size is equally likely, and exactly as many are
 * chosen as asked for: once {@code k = n} the probability is 1, once {@code k = 0} it is 0.
 *
 * <p>Cost: one random number per sample, constant memory. Not thread-safe. Source: C. T. Fan, M. E.
 * Muller, I. Rezucha, Development of sampling plans by using sequential (item by item) selection
 * techniques and digital computers, JASA 57, 1962, doi:10.1080/01621459.1962.10480667; D. E. Knuth,
 * The Art of Computer Programming, volume 2, 3.4.2, algorithm S.
 */
final class SelectionSampling {

  private final SplitMix random;
  private long toCome;
  private long toChoose;

  /** Chooses {@code chosen} of {@code total} samples, {@code 0 <= chosen <= total}. */
  SelectionSampling(long total, long chosen, long seed) {
    this.random = new SplitMix(seed);
    this.toCome = total;
    this.toChoose = chosen;
  }

  /** Returns whether another sample will be chosen. */
  boolean hasNext() {
    return toChoose > 0;
  }

  /** Returns how many samples lie between the chosen one before, or the first one, and the next. */
  long nextGap() {
    long gap = 0;
    while (random.below(toCome) >= toChoose) {
      toCome--;
      gap++;
    }
    toCome--;
    toChoose--;
    return gap;
  }
}
