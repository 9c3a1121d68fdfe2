/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.range.RangeSelector;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Keeps a histogram of the finite values seen, from which any number of range selectors choose
 * afterwards.
 *
 * <p>Formula, domain, edge cases and cost are those of {@link StreamingHistogram}: the counts are
 * the same for every order and every split of the values, bit for bit, {@link #combine} is
 * commutative and associative, and memory is constant. NaN and infinite values are counted apart.
 *
 * <p>Not thread-safe; give every thread its own observer and {@code combine} them.
 *
 * <p>Source: this library's own. It shares its name and purpose with {@code
 * torch.ao.quantization.HistogramObserver}, not its bins nor its search.
 */
public final class HistogramObserver implements Observer {

  private final StreamingHistogram histogram;

  private HistogramObserver(StreamingHistogram histogram) {
    this.histogram = histogram;
  }

  /**
   * Returns an observer that has seen nothing.
   *
   * @return a new observer
   */
  public static HistogramObserver create() {
    return new HistogramObserver(StreamingHistogram.create());
  }

  /**
   * Returns an observer that goes on where another one ended, bit for bit.
   *
   * @param snapshot the {@link #histogram()} of the other one, empty or not
   * @return a new observer
   */
  public static HistogramObserver of(HistogramSnapshot snapshot) {
    return new HistogramObserver(StreamingHistogram.of(snapshot));
  }

  /**
   * Takes in some values.
   *
   * @param values float32 values from position to limit, heap or direct; read only, neither kept
   *     nor moved
   */
  public void observe(FloatBuffer values) {
    histogram.observe(values);
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
  public HistogramObserver combine(HistogramObserver other) {
    histogram.combine(other.histogram);
    return this;
  }

  @Override
  public long count() {
    return histogram.count();
  }

  @Override
  public long nonFiniteCount() {
    return histogram.nonFiniteCount();
  }

  /**
   * Returns the histogram at this moment.
   *
   * @return the snapshot, which later values leave as it is
   */
  public HistogramSnapshot histogram() {
    return histogram.snapshot();
  }

  /**
   * Returns the range of the finite values seen, without the cost of {@link #histogram()}.
   *
   * @return the range, or empty when {@link #count()} is 0
   */
  public Optional<ValueRange> range() {
    return count() == 0
        ? Optional.empty()
        : Optional.of(new ValueRange(histogram.minimum(), histogram.maximum()));
  }

  /**
   * Returns the range that a selector chooses.
   *
   * @param selector the method of choice
   * @return the range, or empty when {@link #count()} is 0
   */
  public Optional<ValueRange> range(RangeSelector selector) {
    return count() == 0 ? Optional.empty() : Optional.of(selector.select(histogram()));
  }
}
