/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Times engines on the current GPU. Immutable and thread-safe; measure on one thread at a time,
 * with nothing else on the GPU.
 *
 * <p>A run is the copy of the inputs, the engine, and the copy of the outputs, one after another on
 * one stream, timed by CUDA events. The next run is queued while the one before it is on the GPU,
 * so that launches are not part of the times unless the host is too slow. trtexec overlaps the
 * copies of one run with another one, so its throughput is higher where they count. Of several
 * optimization profiles the first is timed that takes the inputs.
 *
 * <pre>{@code
 * TimingReport report = EngineTimer.create().duration(Duration.ofSeconds(1)).time(engine, inputs);
 * }</pre>
 */
public final class EngineTimer {

  /** After other engines had the GPU, and its caches. */
  private static final int RUNS_TO_RESUME = 3;

  private static final int FEWEST_ROUNDS = 2;

  private final TimingOptions options;

  private EngineTimer(TimingOptions options) {
    this.options = options;
  }

  /**
   * Returns a timer with the limits of trtexec: 200 ms to warm up, then 3 s and at least 10 runs.
   *
   * @return the timer
   */
  public static EngineTimer create() {
    return new EngineTimer(new TimingOptions());
  }

  /**
   * Sets how long an engine runs before it is timed.
   *
   * @param time the time, 200 ms by default
   * @return a changed copy
   * @throws IllegalArgumentException if it is negative
   */
  public EngineTimer warmUp(Duration time) {
    requireNotNegative("warmUp", time);
    return with(changed -> changed.warmUp = time);
  }

  /**
   * Sets for how long an engine is timed at least, in all rounds together.
   *
   * @param time the time, 3 s by default
   * @return a changed copy
   * @throws IllegalArgumentException if it is negative
   */
  public EngineTimer duration(Duration time) {
    requireNotNegative("duration", time);
    return with(changed -> changed.duration = time);
  }

  /**
   * Sets how many runs are timed at least, in every round.
   *
   * @param count the number, 10 by default
   * @return a changed copy
   * @throws IllegalArgumentException if it is below 2
   */
  public EngineTimer minimumRuns(int count) {
    requireAtLeast("minimumRuns", count, 2);
    return with(changed -> changed.minimumRuns = count);
  }

  /**
   * Sets how often engines that are compared take turns.
   *
   * @param count the number of rounds, 15 by default
   * @return a changed copy
   * @throws IllegalArgumentException if it is below 2
   */
  public EngineTimer rounds(int count) {
    requireAtLeast("rounds", count, FEWEST_ROUNDS);
    return with(changed -> changed.roundCount = count);
  }

  /**
   * Sets whether runs go through a CUDA graph. On by default, as in trtexec of TensorRT 11.
   *
   * @param wanted whether they do
   * @return a changed copy
   */
  public EngineTimer cudaGraph(boolean wanted) {
    return with(changed -> changed.hasGraph = wanted);
  }

  /**
   * Sets whether inputs and outputs are copied in every run. On by default, as in trtexec of
   * TensorRT 10.
   *
   * @param wanted whether they are; if not, the inputs are copied once
   * @return a changed copy
   */
  public EngineTimer transfers(boolean wanted) {
    return with(changed -> changed.hasTransfers = wanted);
  }

  /**
   * Sets whether the host waits for the GPU in a loop, which is more exact, or asleep, which leaves
   * its core to others. On by default, as in trtexec of TensorRT 11.
   *
   * @param wanted whether it loops
   * @return a changed copy
   */
  public EngineTimer spinWait(boolean wanted) {
    return with(changed -> changed.isSpinning = wanted);
  }

  /**
   * Times an engine.
   *
   * @param engine the engine
   * @param inputs input name to tensor, the same in every run
   * @return the figures
   * @throws EngineInputException if the inputs do not fit the engine
   * @throws TensorRtException if the engine cannot be run
   */
  public TimingReport time(Engine engine, Map<String, Tensor> inputs) {
    try (TimedRuns runs =
        SessionRuns.open(new TimingCandidate("engine", engine, inputs), options)) {
      return time(runs);
    }
  }

  /**
   * Times engines in turn, in rounds, and relates all to the first one.
   *
   * @param candidates the engines, at least one, of different names; the first is the baseline
   * @return the figures and ratios
   * @throws IllegalArgumentException if there is none, or two have one name
   * @throws EngineInputException if inputs do not fit their engine
   * @throws TensorRtException if an engine cannot be run
   */
  public TimingComparison compare(List<TimingCandidate> candidates) {
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("candidates is empty, expected at least one");
    }
    Map<String, TimedRuns> runs = new LinkedHashMap<>();
    try {
      for (TimingCandidate candidate : candidates) {
        if (runs.containsKey(candidate.name())) {
          throw new IllegalArgumentException(
              "two candidates have the name '%s', expected different ones"
                  .formatted(candidate.name()));
        }
        runs.put(candidate.name(), SessionRuns.open(candidate, options));
      }
      return compare(runs);
    } finally {
      runs.values().forEach(TimedRuns::close);
    }
  }

  /**
   * Times every layer of an engine, as a profiler of TensorRT tells it: one run at a time, queued
   * plainly and never as a CUDA graph, for the time and number of runs that this timer has. On
   * Linux only.
   *
   * @param engine the engine
   * @param inputs input name to tensor, the same in every run
   * @return the medians, in the order of execution
   * @throws EngineInputException if the inputs do not fit the engine
   * @throws TensorRtException if the engine cannot be run, the platform is not supported, or
   *     TensorRT tells of no layer
   */
  public LayerTimes layers(Engine engine, Map<String, Tensor> inputs) {
    try (ProfiledRuns runs = ProfiledSession.open(engine, inputs)) {
      return layers(runs);
    }
  }

  /** Times layers of runs whose clock may be any. */
  LayerTimes layers(ProfiledRuns runs) {
    LayerTimeRecorder recorder = runs.recorder();
    recorder.runFor(runs, options.warmUp.toNanos(), FEWEST_ROUNDS);
    recorder.clear();
    recorder.runFor(runs, options.duration.toNanos(), options.minimumRuns);
    LayerTimes times = recorder.times();
    if (times.layers().isEmpty()) {
      throw new TensorRtException(
          "TensorRT told the time of no layer in %s runs, expected that of each"
              .formatted(times.runCount()));
    }
    return times;
  }

  /** Times runs whose clock may be any. */
  TimingReport time(TimedRuns runs) {
    TimingSeries.record(runs, options.warmUp.toNanos(), FEWEST_ROUNDS);
    return TimingReport.of(
        TimingSeries.record(runs, options.duration.toNanos(), options.minimumRuns),
        runs.batchSize());
  }

  /** Times runs in rounds; every round begins with another one. */
  TimingComparison compare(Map<String, TimedRuns> runs) {
    List<String> names = new ArrayList<>(runs.keySet());
    Map<String, List<TimingSeries>> series = new LinkedHashMap<>();
    Map<String, Long> batchSizes = new LinkedHashMap<>();
    runs.forEach(
        (name, run) -> {
          TimingSeries.record(run, options.warmUp.toNanos(), RUNS_TO_RESUME);
          series.put(name, new ArrayList<>());
          batchSizes.put(name, run.batchSize());
        });
    long nanos = options.duration.toNanos() / options.roundCount;
    for (int round = 0; round < options.roundCount; round++) {
      for (int turn = 0; turn < names.size(); turn++) {
        String name = names.get((round + turn) % names.size());
        TimedRuns run = requireNonNull(runs.get(name), name);
        TimingSeries.record(run, 0, RUNS_TO_RESUME);
        requireNonNull(series.get(name), name)
            .add(TimingSeries.record(run, nanos, options.minimumRuns));
      }
    }
    return TimingComparison.of(series, batchSizes);
  }

  private EngineTimer with(Consumer<TimingOptions> change) {
    return new EngineTimer(options.with(change));
  }

  private static void requireNotNegative(String parameter, Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException(parameter + " is " + time + ", expected 0 or more");
    }
  }

  private static void requireAtLeast(String parameter, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s is %s, expected at least %s".formatted(parameter, value, least));
    }
  }
}
