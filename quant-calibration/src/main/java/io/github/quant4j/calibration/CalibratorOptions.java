/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.table.Provenance;
import io.github.quant4j.core.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What a calibrator was told. Immutable.
 *
 * @param hasHistograms whether histograms are kept
 * @param policy what to do about NaN and infinite values
 * @param parameters inputs that do not belong to samples, by name
 * @param provenance what the table is to say of where it comes from
 * @param convergence when ranges count as settled
 * @param parallelism what runs at the same time
 * @param checkpoints where and how often the state is written
 * @param listener who is told of every batch
 */
record CalibratorOptions(
    boolean hasHistograms,
    NonFinitePolicy policy,
    Map<String, Tensor> parameters,
    Provenance provenance,
    Convergence convergence,
    Parallelism parallelism,
    Optional<Checkpoints> checkpoints,
    CalibrationListener listener) {

  /** Returns a collector that has seen nothing. */
  TensorCollector newCollector() {
    return hasHistograms ? TensorCollector.ofHistogram() : TensorCollector.ofExtremes();
  }

  /**
   * What runs at the same time.
   *
   * @param batches how many batches run through the model at once
   * @param observers how many threads observe a batch beside the caller
   * @param executor where they come from; empty for threads of our own
   */
  record Parallelism(int batches, int observers, Optional<Executor> executor) {}
}
