/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Counts values in bins of equal width, positive and negative ones apart, and widens the bins as
 * the values grow.
 *
 * <p>Formula: the bin of a value {@code x} is {@code floor(|x| / w)}, on the side of its sign. The
 * width {@code w} is the smallest {@code 2^e}, {@code e >= -149}, with {@code floor(a / w) < 4096}
 * for the largest magnitude {@code a} seen.
 *
 * <ul>
 *   <li>Domain: any float32 value, from subnormal values ({@code e = -149}) to the largest ones
 *       ({@code e = 116}). For {@code a >= 2^-138} the upper half of the bins is in use, so that
 *       2,048 to 4,096 bins cover {@code [0, a]}.
 *   <li>Both zeros count in positive bin 0.
 *   <li>NaN and infinite values are in no bin; they are counted apart.
 *   <li>The extremes are kept exactly. Counts are exact up to 2^63 - 1 values.
 * </ul>
 *
 * <p>The state is the same for every order and every split of the values, bit for bit, and {@link
 * #combine} is commutative and associative.
 *
 * <p>Cost: two passes over a chunk of values in the cache, one for the extremes and one that
 * counts; 8,192 counters and a chunk of 4,096 values, 81,920 bytes in all, whatever is seen. A call
 * allocates nothing that grows with the values.
 *
 * <p>Not thread-safe; give every thread its own histogram and {@code combine} them.
 *
 * <p>Source: this library's own. Doubling the bin width by summing pairs of bins is how streaming
 * histograms commonly grow; fixing the edges at multiples of a power of two is what makes the
 * result independent of the order.
 */
public final class StreamingHistogram {

  /*
   * Why the order does not matter. For integers k >= 0 and real a >= 0
   *
   *   floor(floor(a / 2^e) / 2^k) = floor(a / 2^(e + k)),
   *
   * so the bin of a value at the wider width follows from its bin at the narrower one, and summing
   * 2^k neighbours gives the counts that direct counting at the wider width would have given. The
   * final width depends on the largest magnitude alone. Both divisions are by powers of two: as
   * doubles they are exact, and the cast to int is the floor.
   *
   * There is one table of counters. Two or four in turn, the usual remedy for increments of one
   * counter that wait for each other's store, were measured on constant, normal and ReLU data and
   * gained nothing.
   */
  private static final int BIN_COUNT = HistogramSnapshot.BIN_COUNT;
  private static final int BIN_COUNT_LOG = BinWidth.BIN_COUNT_LOG;
  private static final int CHUNK_LENGTH = 4096;

  private final float[] chunk = new float[CHUNK_LENGTH];

  /** The positive bins, then the negative ones. */
  private final long[] counts = new long[2 * BIN_COUNT];

  private BinWidth width = BinWidth.covering(0f);
  private Extremes extremes = Extremes.NONE;
  private long count;
  private long nonFiniteCount;

  private StreamingHistogram() {}

  /**
   * Returns a histogram that has seen nothing.
   *
   * @return a new histogram
   */
  public static StreamingHistogram create() {
    return new StreamingHistogram();
  }

  /**
   * Returns a histogram that has seen what a snapshot holds and goes on from there: later values
   * give the state that they would have given the histogram of the snapshot.
   *
   * @param snapshot the state to begin with
   * @return a new histogram
   */
  public static StreamingHistogram of(HistogramSnapshot snapshot) {
    StreamingHistogram histogram = create();
    long[] positive = snapshot.positive();
    long[] negative = snapshot.negative();
    System.arraycopy(positive, 0, histogram.counts, 0, positive.length);
    System.arraycopy(negative, 0, histogram.counts, BIN_COUNT, negative.length);
    histogram.width = snapshot.width();
    histogram.extremes = snapshot.extremes();
    histogram.count = snapshot.count();
    histogram.nonFiniteCount = snapshot.nonFiniteCount();
    return histogram;
  }

  /**
   * Takes in some values.
   *
   * @param values float32 values from position to limit, heap or direct; read only, neither kept
   *     nor moved
   */
  public void observe(FloatBuffer values) {
    int end = values.limit();
    for (int from = values.position(); from < end; ) {
      int length = Math.min(CHUNK_LENGTH, end - from);
      values.get(from, chunk, 0, length);
      observeChunk(length);
      from += length;
    }
  }

  /**
   * Takes in all that another histogram has seen.
   *
   * @param other the other histogram, left as it is
   * @return this histogram
   */
  public StreamingHistogram combine(StreamingHistogram other) {
    if (other.count > 0) {
      include(other.extremes);
      int shift = width.shiftFrom(other.width);
      for (int bin = 0; bin < BIN_COUNT; bin++) {
        int wider = bin >> shift;
        counts[wider] += other.counts[bin];
        counts[BIN_COUNT + wider] += other.counts[BIN_COUNT + bin];
      }
    }
    count += other.count;
    nonFiniteCount += other.nonFiniteCount;
    return this;
  }

  /**
   * Returns the number of finite values seen.
   *
   * @return the count, from 0
   */
  public long count() {
    return count;
  }

  /**
   * Returns the number of NaN and infinite values seen.
   *
   * @return the count, from 0
   */
  public long nonFiniteCount() {
    return nonFiniteCount;
  }

  /**
   * Returns the smallest finite value seen.
   *
   * @return the value, exact; positive infinity when {@link #count()} is 0
   */
  public float minimum() {
    return extremes.minimum();
  }

  /**
   * Returns the largest finite value seen.
   *
   * @return the value, exact; negative infinity when {@link #count()} is 0
   */
  public float maximum() {
    return extremes.maximum();
  }

  /**
   * Returns all counts at this moment.
   *
   * @return the snapshot, which later values leave as it is
   */
  public HistogramSnapshot snapshot() {
    return HistogramSnapshot.of(
        Arrays.copyOf(counts, BIN_COUNT),
        Arrays.copyOfRange(counts, BIN_COUNT, 2 * BIN_COUNT),
        extremes.minimum(),
        extremes.maximum(),
        nonFiniteCount);
  }

  private void observeChunk(int length) {
    int finite = length;
    Extremes found = Extremes.of(chunk, length);
    if (!found.areFinite()) {
      finite = keepFinite(chunk, length);
      found = Extremes.of(chunk, finite);
      nonFiniteCount += length - finite;
    }
    if (finite > 0) {
      include(found);
      fill(chunk, finite, width.reciprocal(), counts);
      count += finite;
    }
  }

  /** Leaves all as it is for most chunks, which bring no new extreme, and allocates nothing then. */
  private void include(Extremes found) {
    if (extremes.contains(found)) {
      return;
    }
    extremes = extremes.and(found);
    BinWidth wider = BinWidth.covering(extremes.absoluteMaximum());
    int shift = wider.shiftFrom(width);
    if (shift > 0) {
      fold(0, shift);
      fold(BIN_COUNT, shift);
      width = wider;
    }
  }

  /** Sums {@code 2^shift} neighbours each; the target is never ahead of the source. */
  private void fold(int first, int shift) {
    for (int bin = 0; bin < BIN_COUNT; bin++) {
      long moved = counts[first + bin];
      counts[first + bin] = 0;
      counts[first + (bin >> shift)] += moved;
    }
  }

  /*
   * Adding 0 turns -0.0 into 0.0 and leaves all else, so the sign bit then tells x < 0; it becomes
   * the bit of the table's second half. The mask changes no index, for every magnitude is covered,
   * but shows the compiler that none is out of bounds.
   */
  private static void fill(float[] values, int length, double reciprocal, long[] counts) {
    for (int i = 0; i < length; i++) {
      float value = values[i] + 0f;
      int side = (Float.floatToRawIntBits(value) >>> 31) << BIN_COUNT_LOG;
      int bin = (int) (Math.abs(value) * reciprocal);
      counts[(side + bin) & (2 * BIN_COUNT - 1)]++;
    }
  }

  /** Moves the finite values to the front and returns how many there are. */
  private static int keepFinite(float[] values, int length) {
    int kept = 0;
    for (int i = 0; i < length; i++) {
      if (Float.isFinite(values[i])) {
        values[kept++] = values[i];
      }
    }
    return kept;
  }
}
