/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.observer.ValueRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Follows the ranges of all observed tensors from batch to batch, in constant memory. Not
 * thread-safe.
 */
final class ConvergenceTracker {

  private final Convergence criterion;
  private final SortedMap<String, RangeHistory> histories = new TreeMap<>();
  private long batchCount;

  /** Creates a tracker of tensors of which nothing was seen. */
  ConvergenceTracker(Convergence criterion, Collection<String> tensors) {
    this.criterion = criterion;
    tensors.forEach(tensor -> histories.put(tensor, RangeHistory.NONE));
  }

  /**
   * Returns a tracker that goes on where a checkpoint ended; it tells the same as one that saw all
   * batches.
   */
  static ConvergenceTracker restore(Convergence criterion, CalibrationState state) {
    ConvergenceTracker tracker = new ConvergenceTracker(criterion, List.of());
    tracker.histories.putAll(state.convergence().histories());
    tracker.batchCount = state.batchCount();
    return tracker;
  }

  /**
   * Takes note of the next batch, to be called once per batch in the order of the source.
   *
   * @param ranges gives for every tensor the range of all batches so far, empty before its first
   *     finite value
   */
  void batchObserved(Function<String, Optional<ValueRange>> ranges) {
    batchCount++;
    histories.replaceAll(
        (tensor, history) -> history.and(ranges.apply(tensor), batchCount, criterion));
  }

  /** Returns whether all tensors are settled; one without any value holds nothing up. */
  boolean isSettled() {
    return batchCount > criterion.window()
        && tensors().stream().allMatch(tensor -> tensor.isWithin(criterion.threshold()));
  }

  /** Returns whether the run is to end here, after so many samples. */
  boolean endsRun(long sampleCount) {
    return criterion.stopsEarly() && sampleCount >= criterion.minimumSampleCount() && isSettled();
  }

  /** Returns how every tensor with a value moved: the largest movement first, then by name. */
  List<TensorConvergence> tensors() {
    List<TensorConvergence> tensors = new ArrayList<>();
    histories.forEach(
        (tensor, history) ->
            history
                .now()
                .ifPresent(
                    range ->
                        tensors.add(
                            new TensorConvergence(
                                tensor,
                                range,
                                history.then(criterion.window()),
                                history.lastGrowth()))));
    tensors.sort(Comparator.comparingDouble(TensorConvergence::movement).reversed());
    return tensors;
  }

  ConvergenceState state() {
    return new ConvergenceState(criterion.threshold(), criterion.window(), histories);
  }
}
