/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;

/**
 * Chooses the range of values that quantization keeps, from a histogram of all values.
 *
 * <p>Open for implementation. A selector is stateless or immutable and may be used by several
 * threads; equal histograms give equal ranges.
 */
@FunctionalInterface
public interface RangeSelector {

  /**
   * Returns the range to keep.
   *
   * @param histogram the histogram of at least one finite value
   * @return a range within that of the histogram
   * @throws IllegalArgumentException if the histogram is empty
   */
  ValueRange select(HistogramSnapshot histogram);
}
