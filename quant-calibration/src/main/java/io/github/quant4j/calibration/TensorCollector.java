/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.HistogramObserver;
import io.github.quant4j.core.observer.MinMaxObserver;
import io.github.quant4j.core.observer.Observer;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import java.nio.FloatBuffer;
import java.util.Optional;

/** Takes in the values of one tensor, batch by batch, and tells what the table is to hold. */
sealed interface TensorCollector {

  /** Returns a collector of the extremes alone, a few bytes. */
  static TensorCollector ofExtremes() {
    return new ExtremesCollector(MinMaxObserver.create());
  }

  /** Returns a collector of a histogram too, 80 KB whatever it takes in. */
  static TensorCollector ofHistogram() {
    return new HistogramCollector(HistogramObserver.create());
  }

  /** Returns a collector that goes on where another one ended. */
  static TensorCollector restore(TensorState state, boolean hasHistogram) {
    return hasHistogram
        ? new HistogramCollector(
            HistogramObserver.of(
                state
                    .calibration()
                    .flatMap(TensorCalibration::histogram)
                    .orElseGet(() -> withoutValues(state.nonFiniteCount()))))
        : new ExtremesCollector(
            state
                .calibration()
                .flatMap(TensorCalibration::statistics)
                .map(MinMaxObserver::of)
                .orElseGet(() -> MinMaxObserver.of(state.nonFiniteCount())));
  }

  private static HistogramSnapshot withoutValues(long nonFiniteCount) {
    return HistogramSnapshot.of(new long[0], new long[0], 0, 0, nonFiniteCount);
  }

  Observer observer();

  void observe(FloatBuffer values);

  /** Returns the range of the finite values, empty where there was none. */
  Optional<ValueRange> range();

  /** Returns what was seen, empty where there was no finite value. */
  Optional<TensorCalibration> calibration();

  default long nonFiniteCount() {
    return observer().nonFiniteCount();
  }

  /** Returns all that {@link #restore} needs. */
  default TensorState state() {
    return new TensorState(nonFiniteCount(), calibration());
  }

  /** Keeps the extremes. */
  record ExtremesCollector(MinMaxObserver observer) implements TensorCollector {
    @Override
    public void observe(FloatBuffer values) {
      observer.observe(values);
    }

    @Override
    public Optional<ValueRange> range() {
      return observer.range();
    }

    @Override
    public Optional<TensorCalibration> calibration() {
      return observer
          .range()
          .map(
              range ->
                  TensorCalibration.of(
                      new TensorStatistics(
                          range.minimum(),
                          range.maximum(),
                          observer.count(),
                          observer.nonFiniteCount())));
    }
  }

  /** Keeps a histogram. */
  record HistogramCollector(HistogramObserver observer) implements TensorCollector {
    @Override
    public void observe(FloatBuffer values) {
      observer.observe(values);
    }

    @Override
    public Optional<ValueRange> range() {
      return observer.range();
    }

    @Override
    public Optional<TensorCalibration> calibration() {
      return observer.count() == 0
          ? Optional.empty()
          : Optional.of(TensorCalibration.of(observer.histogram()));
    }
  }
}
