/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.observer.ValueRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConvergenceTrackerTest {

  /** Every answer after every batch, against one from the whole history; resumed now and then. */
  @Test
  void trackerTellsWhatTheWholeHistoryTells() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Convergence criterion =
          Convergence.defaults()
              .withThreshold(random.nextInt(4) * 0.1)
              .withWindow(1 + random.nextInt(5));
      Map<String, List<float[]>> histories = new HashMap<>();
      List.of("a", "b", "c").forEach(tensor -> histories.put(tensor, new ArrayList<>()));
      ConvergenceTracker tracker = new ConvergenceTracker(criterion, histories.keySet());
      for (long batch = 1; batch <= 20; batch++) {
        histories.values().forEach(history -> history.add(next(history, random)));
        tracker.batchObserved(
            tensor -> {
              float[] now = last(history(histories, tensor));
              return now[0] > now[1]
                  ? Optional.empty()
                  : Optional.of(new ValueRange(now[0], now[1]));
            });
        if (random.nextInt(4) == 0) {
          tracker = ConvergenceTracker.restore(criterion, stateOf(tracker, batch));
        }
        requireSame(tracker, histories, criterion, "seed %s, batch %s".formatted(seed, batch));
      }
    }
  }

  private static CalibrationState stateOf(ConvergenceTracker tracker, long batchCount) {
    TreeMap<String, TensorState> tensors = new TreeMap<>();
    for (String tensor : tracker.state().histories().keySet()) {
      tensors.put(tensor, new TensorState(0, Optional.empty()));
    }
    return new CalibrationState("", false, batchCount, 0, tensors, tracker.state());
  }

  /** Extremes that seldom grow, sometimes none at all or zero. */
  private static float[] next(List<float[]> history, Random random) {
    float[] last =
        history.isEmpty()
            ? new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}
            : last(history);
    if (random.nextInt(3) > 0) {
      return last;
    }
    float value = random.nextInt(4) == 0 ? 0 : (float) random.nextGaussian();
    return new float[] {Math.min(last[0], value), Math.max(last[1], value)};
  }

  private static void requireSame(
      ConvergenceTracker tracker,
      Map<String, List<float[]>> histories,
      Convergence criterion,
      String when) {
    boolean isSettled = history(histories, "a").size() > criterion.window();
    for (TensorConvergence tensor : tracker.tensors()) {
      List<float[]> history = history(histories, tensor.tensor());
      int now = history.size() - 1;
      int then = now - criterion.window();
      boolean hadValue = then >= 0 && history.get(then)[0] <= history.get(then)[1];
      double movement = hadValue ? growth(history.get(then), history.get(now)) : 1;
      int lastGrowth = now;
      while (lastGrowth > 0
          && history.get(lastGrowth - 1)[0] <= history.get(lastGrowth - 1)[1]
          && growth(history.get(lastGrowth - 1), history.get(lastGrowth))
              <= criterion.threshold()) {
        lastGrowth--;
      }
      isSettled &= hadValue && movement <= criterion.threshold();

      assertThat(tensor.range().minimum()).as(when).isEqualTo(history.get(now)[0]);
      assertThat(tensor.earlierRange().isPresent()).as(when).isEqualTo(hadValue);
      assertThat(tensor.movement()).as(when).isEqualTo(movement);
      assertThat(tensor.lastGrowth()).as(when).isEqualTo(lastGrowth + 1);
    }
    assertThat(tracker.isSettled()).as(when).isEqualTo(isSettled);
    assertThat(tracker.tensors())
        .as(when)
        .isSortedAccordingTo((a, b) -> Double.compare(b.movement(), a.movement()));
  }

  private static List<float[]> history(Map<String, List<float[]>> histories, String tensor) {
    return requireNonNull(histories.get(tensor), tensor);
  }

  private static float[] last(List<float[]> history) {
    return history.get(history.size() - 1);
  }

  private static double growth(float[] then, float[] now) {
    double before = Math.max(-then[0], then[1]);
    double after = Math.max(-now[0], now[1]);
    return after == 0 ? 0 : (after - before) / after;
  }

  @Test
  void trackerOfNoMoreBatchesThanTheWindowIsNotSettled() {
    ConvergenceTracker tracker = tracker(Convergence.defaults().withWindow(3), 3, 1f);
    assertThat(tracker.isSettled()).isFalse();
    assertThat(tracker.tensors().get(0).movement()).isEqualTo(1);

    tracker.batchObserved(tensor -> Optional.of(new ValueRange(-1f, 1f)));
    assertThat(tracker.isSettled()).isTrue();
  }

  @Test
  void trackerOfZerosAloneIsSettled() {
    assertThat(tracker(Convergence.defaults().withWindow(1), 2, 0f).isSettled()).isTrue();
  }

  @Test
  void trackerIsNotHeldUpByATensorWithoutValue() {
    ConvergenceTracker tracker =
        new ConvergenceTracker(Convergence.defaults().withWindow(1), List.of("x", "none"));
    for (int batch = 0; batch < 2; batch++) {
      tracker.batchObserved(
          tensor -> tensor.equals("x") ? Optional.of(new ValueRange(0f, 1f)) : Optional.empty());
    }

    assertThat(tracker.isSettled()).isTrue();
    assertThat(tracker.tensors()).extracting(TensorConvergence::tensor).containsExactly("x");
  }

  @Test
  void endsRunOnlyWhereItIsWantedAndSamplesAreEnough() {
    Convergence criterion = Convergence.defaults().withWindow(1).withMinimumSampleCount(100);
    assertThat(tracker(criterion, 2, 1f).endsRun(100)).isFalse();
    assertThat(tracker(criterion.withEarlyStop(true), 2, 1f).endsRun(99)).isFalse();
    assertThat(tracker(criterion.withEarlyStop(true), 2, 1f).endsRun(100)).isTrue();
    assertThat(tracker(criterion.withEarlyStop(true), 1, 1f).endsRun(100)).isFalse();
  }

  private static ConvergenceTracker tracker(Convergence criterion, int batches, float magnitude) {
    ConvergenceTracker tracker = new ConvergenceTracker(criterion, List.of("x"));
    for (int batch = 0; batch < batches; batch++) {
      tracker.batchObserved(tensor -> Optional.of(new ValueRange(-magnitude, magnitude)));
    }
    return tracker;
  }
}
