/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Keeps an exponential moving average of the smallest and the largest finite value of each batch.
 *
 * <p>Formula: the first batch gives {@code m = min(x_i), M = max(x_i)}; every later one {@code m +=
 * c * (min(x_i) - m), M += c * (max(x_i) - M)} with the averaging constant {@code c}.
 *
 * <ul>
 *   <li>Domain: any float32 value. One call of {@code observe} is one batch.
 *   <li>A batch without a finite value changes no average; without any other the range is empty.
 *   <li>NaN and infinite values do not enter the average; they are counted apart.
 *   <li>Rounding: float32 at each operation, as PyTorch does. A step that overflows is done in
 *       float64, so the average stays finite, and the ends never cross.
 * </ul>
 *
 * <p>The result depends on the order and the size of the batches, by definition, and may be
 * narrower than the data: sorted data end with a range far too small. Prefer {@link MinMaxObserver}
 * or {@link HistogramObserver} unless a result of PyTorch has to be met.
 *
 * <p>Cost: that of {@link MinMaxObserver}; constant memory.
 *
 * <p>Not thread-safe; give every thread its own observer and {@code combine} them.
 *
 * <p>Source: {@code torch.ao.quantization.MovingAverageMinMaxObserver}; B. Jacob et al. (2018),
 * Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference,
 * arXiv:1712.05877, section 3.1.
 */
public final class MovingAverageMinMaxObserver implements Observer {

  /** The averaging constant of PyTorch, 0.01: a batch keeps a weight of 37 % after 100 others. */
  public static final float DEFAULT_AVERAGING_CONSTANT = 0.01f;

  private final float[] chunk = MinMaxObserver.newChunk();
  private final float averagingConstant;
  private final MovingAverage average;
  private long count;
  private long nonFiniteCount;

  private MovingAverageMinMaxObserver(float averagingConstant) {
    this.averagingConstant = MovingAverage.requireConstant(averagingConstant);
    this.average = new MovingAverage(averagingConstant);
  }

  /**
   * Returns an observer that has seen nothing, with the default averaging constant.
   *
   * @return a new observer
   */
  public static MovingAverageMinMaxObserver create() {
    return create(DEFAULT_AVERAGING_CONSTANT);
  }

  /**
   * Returns an observer that has seen nothing.
   *
   * @param averagingConstant the weight of a new batch, above 0, at most 1
   * @return a new observer
   * @throws IllegalArgumentException if the constant is out of range
   */
  public static MovingAverageMinMaxObserver create(float averagingConstant) {
    return new MovingAverageMinMaxObserver(averagingConstant);
  }

  /**
   * Takes in one batch.
   *
   * @param values float32 values from position to limit, heap or direct; read only, neither kept
   *     nor moved
   */
  public void observe(FloatBuffer values) {
    MinMaxObserver batch = new MinMaxObserver(chunk);
    batch.observe(values);
    batch.range().ifPresent(average::add);
    count += batch.count();
    nonFiniteCount += batch.nonFiniteCount();
  }

  /**
   * Takes in one batch; {@link #observe(FloatBuffer)} with a check of the number of values.
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
   * Takes the mean of this average and that of another observer, weighted by the numbers of batches
   * with a finite value.
   *
   * <p>This is not the moving average of all batches in a row, which two averages do not determine.
   * It is commutative, and associative up to the rounding to float32 of each mean.
   *
   * @param other an observer of the same averaging constant, left as it is
   * @return this observer
   * @throws IllegalArgumentException if the averaging constants differ
   */
  public MovingAverageMinMaxObserver combine(MovingAverageMinMaxObserver other) {
    if (other.averagingConstant != averagingConstant) {
      throw new IllegalArgumentException(
          "other has averagingConstant %s, expected %s"
              .formatted(other.averagingConstant, averagingConstant));
    }
    average.combine(other.average);
    count += other.count;
    nonFiniteCount += other.nonFiniteCount;
    return this;
  }

  /**
   * Returns the weight of a new batch.
   *
   * @return the constant, above 0, at most 1
   */
  public float averagingConstant() {
    return averagingConstant;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long nonFiniteCount() {
    return nonFiniteCount;
  }

  /**
   * Returns the average of the ranges of the batches.
   *
   * @return the range, or empty when {@link #count()} is 0
   */
  public Optional<ValueRange> range() {
    return average.range();
  }
}
