/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.range.RangeSelector;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistogramObserverTest extends RestorableObserverContract<HistogramObserver> {

  private static final RangeSelector WHOLE =
      histogram -> new ValueRange(histogram.minimum(), histogram.maximum());

  @Override
  HistogramObserver create() {
    return HistogramObserver.create();
  }

  @Override
  HistogramObserver combine(HistogramObserver one, HistogramObserver other) {
    return one.combine(other);
  }

  @Override
  List<Optional<ValueRange>> ranges(HistogramObserver observer) {
    return List.of(observer.range(WHOLE));
  }

  @Override
  List<Optional<NaiveRange>> reference(List<Samples> batches) {
    return List.of(NaiveRange.of(batches.stream().map(Samples::values).toList()));
  }

  @Override
  HistogramObserver restore(HistogramObserver observer) {
    return HistogramObserver.of(observer.histogram());
  }

  @Override
  Object state(HistogramObserver observer) {
    return observer.histogram();
  }

  @Test
  void rangeIsWhatTheSelectorMakesOfTheHistogram() {
    HistogramObserver observer = HistogramObserver.create();
    observer.observe(FloatBuffer.wrap(new float[] {-1f, 0.25f, 3f}));

    assertThat(observer.range(histogram -> new ValueRange(0f, histogram.binWidth() < 1 ? 1f : 2f)))
        .contains(new ValueRange(0f, 1f));
    assertThat(observer.histogram().count()).isEqualTo(3);
  }

  @Test
  void rangeOfNothingDoesNotAskTheSelector() {
    RangeSelector refusing =
        histogram -> {
          throw new IllegalArgumentException("histogram is empty");
        };

    assertThat(HistogramObserver.create().range(refusing)).isEmpty();
  }
}
