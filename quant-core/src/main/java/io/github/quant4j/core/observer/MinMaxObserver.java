/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Keeps the smallest and the largest finite value seen.
 *
 * <p>Formula: {@code minimum = min(x_i), maximum = max(x_i)} over all finite {@code x_i}.
 *
 * <ul>
 *   <li>Domain: any float32 value, subnormal values included.
 *   <li>Without a finite value the range is empty; one value gives a range of that value alone.
 *   <li>NaN and infinite values do not enter the range; they are counted apart.
 *   <li>Negative zero counts as smaller than positive zero, so that the result has the same bits in
 *       every order.
 *   <li>The result is exact: nothing is rounded. Counts are exact up to 2^63 - 1 values.
 * </ul>
 *
 * <p>The state is the same for every order and every split of the values, and {@link #combine} is
 * commutative and associative: this is the range of the whole data set, not a mean over batches.
 *
 * <p>Cost: one pass over the values, at {@link Math#min(float, float)} speed while all are finite;
 * constant memory, nothing is allocated per call.
 *
 * <p>Not thread-safe; give every thread its own observer and {@code combine} them.
 *
 * <p>Source: the MinMax calibrator of ONNX Runtime and {@code MinMaxObserver} of PyTorch, without
 * their widening of the range to zero, which belongs to the choice of scale.
 */
public final class MinMaxObserver implements Observer {

  private static final int CHUNK_LENGTH = 4096;

  private final float[] chunk;
  private float minimum = Float.POSITIVE_INFINITY;
  private float maximum = Float.NEGATIVE_INFINITY;
  private long count;
  private long nonFiniteCount;

  /** Creates an observer that reads buffers through an array of the caller. */
  MinMaxObserver(float[] chunk) {
    this.chunk = chunk;
  }

  /**
   * Returns an observer that has seen nothing.
   *
   * @return a new observer
   */
  public static MinMaxObserver create() {
    return new MinMaxObserver(newChunk());
  }

  /**
   * Returns an observer that goes on where another one ended, bit for bit, signed zeros included.
   *
   * @param statistics the range and the counts of the other one
   * @return a new observer
   */
  public static MinMaxObserver of(TensorStatistics statistics) {
    MinMaxObserver observer = of(statistics.nonFiniteCount());
    observer.minimum = statistics.minimum();
    observer.maximum = statistics.maximum();
    observer.count = statistics.count();
    return observer;
  }

  /**
   * Returns an observer that goes on where another one ended that had seen no finite value.
   *
   * @param nonFiniteCount how many NaN and infinite values the other one had seen, from 0
   * @return a new observer
   * @throws IllegalArgumentException if the count is negative
   */
  public static MinMaxObserver of(long nonFiniteCount) {
    if (nonFiniteCount < 0) {
      throw new IllegalArgumentException(
          "nonFiniteCount is " + nonFiniteCount + ", expected 0 or more");
    }
    MinMaxObserver observer = create();
    observer.nonFiniteCount = nonFiniteCount;
    return observer;
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
      int length = Math.min(chunk.length, end - from);
      values.get(from, chunk, 0, length);
      observe(chunk, 0, length);
      from += length;
    }
  }

  /**
   * Takes in the values of a tensor; {@link #observe(FloatBuffer)} with a check of their number.
   *
   * @param values float32 values of the shape from position to limit, heap or direct; read only,
   *     neither kept nor moved
   * @param shape the dimensions
   * @throws IllegalArgumentException if the number of values is not that of the shape
   */
  @Override
  public void observe(FloatBuffer values, Shape shape) {
    Elements.requireCount(values, shape);
    observe(values);
  }

  /**
   * Takes in all that another observer has seen.
   *
   * @param other the other observer, left as it is
   * @return this observer
   */
  public MinMaxObserver combine(MinMaxObserver other) {
    minimum = Math.min(minimum, other.minimum);
    maximum = Math.max(maximum, other.maximum);
    count += other.count;
    nonFiniteCount += other.nonFiniteCount;
    return this;
  }

  /**
   * Returns the number of finite values seen.
   *
   * @return the count, from 0
   */
  @Override
  public long count() {
    return count;
  }

  /**
   * Returns the number of NaN and infinite values seen.
   *
   * @return the count, from 0
   */
  @Override
  public long nonFiniteCount() {
    return nonFiniteCount;
  }

  /**
   * Returns the range of the finite values seen.
   *
   * @return the range, or empty when {@link #count()} is 0
   */
  public Optional<ValueRange> range() {
    return count == 0 ? Optional.empty() : Optional.of(new ValueRange(minimum, maximum));
  }

  static float[] newChunk() {
    return new float[CHUNK_LENGTH];
  }

  /*
   * Math.min and Math.max hand NaN on and order the zeros, so one pass without a test per value
   * finds the range and tells whether any value was not finite. On JDK 17 both are intrinsics; the
   * pass costs as much as one of plain comparisons, which would miss NaN.
   */
  void observe(float[] values, int from, int to) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    if (Float.isFinite(low) && Float.isFinite(high)) {
      minimum = Math.min(minimum, low);
      maximum = Math.max(maximum, high);
      count += to - from;
    } else {
      observeFinite(values, from, to);
    }
  }

  private void observeFinite(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      float value = values[i];
      if (Float.isFinite(value)) {
        minimum = Math.min(minimum, value);
        maximum = Math.max(maximum, value);
        count++;
      } else {
        nonFiniteCount++;
      }
    }
  }
}
