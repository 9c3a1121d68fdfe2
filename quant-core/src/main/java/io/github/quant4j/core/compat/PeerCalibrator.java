/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.observer.ValueRange;

/**
 * A calibrator of another library, with its numbers to the last bit and its quirks.
 *
 * <p>It is here to reproduce and to explain ranges that another tool has given. For a range of your
 * own choose a {@link io.github.quant4j.core.range.RangeSelector}: unlike most calibrators here it
 * does not depend on the order of the batches nor on their size.
 *
 * <p>Not thread-safe. Batches are read, neither kept nor changed.
 */
public sealed interface PeerCalibrator
    permits ModelOptCalibrator,
        OnnxRuntimeEntropyCalibrator,
        OnnxRuntimeMinMaxCalibrator,
        OnnxRuntimePercentileCalibrator,
        PpqHistogramCalibrator,
        PpqPercentileCalibrator,
        TorchHistogramObserver {

  /**
   * Takes in the values of one batch.
   *
   * @param batch at least one float32 value, finite unless the class says otherwise
   * @throws IllegalArgumentException if the batch is empty or holds a value that is not allowed
   * @throws QuantizationException if the peer fails on these values
   */
  void observe(float[] batch);

  /**
   * Returns the range that the peer chooses.
   *
   * <p>Where the peer's lower end lies above its upper end, which some allow for values far from 0,
   * both ends are moved to include 0, as the peer does when it computes the scale.
   *
   * @return the range
   * @throws IllegalStateException if there was no batch
   * @throws QuantizationException if the peer fails on what it has seen
   */
  ValueRange range();
}
