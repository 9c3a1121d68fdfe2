/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;

/**
 * Keeps all values: [minimum, maximum], exact.
 *
 * <p>Nothing is clipped, so one outlier sets the step for all. Cost: constant. Immutable and
 * thread-safe.
 */
public final class MinMaxSelector implements RangeSelector {

  private static final MinMaxSelector INSTANCE = new MinMaxSelector();

  private MinMaxSelector() {}

  /**
   * Returns the selector.
   *
   * @return the selector
   */
  public static MinMaxSelector create() {
    return INSTANCE;
  }

  @Override
  public ValueRange select(HistogramSnapshot histogram) {
    return Observed.range(histogram);
  }
}
