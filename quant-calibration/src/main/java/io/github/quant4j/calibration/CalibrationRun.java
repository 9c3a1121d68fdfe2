/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.calibration.CalibrationReport.Ending;
import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.table.CalibrationTable;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collectors and counters of one pass over a source.
 *
 * <p>Whatever runs in parallel, batches are observed in the order of the source, each one wholly
 * before the next. After every batch the state is therefore that of a run without any parallelism,
 * and so are checkpoints, an early end and the batch that a failure names. Not thread-safe.
 */
final class CalibrationRun {

  private static final Logger LOGGER = LoggerFactory.getLogger(CalibrationRun.class);

  private final CalibratorOptions options;
  private final BooleanSupplier isClosing;
  private final SortedMap<String, TensorCollector> collectors = new TreeMap<>();
  private final long start = System.nanoTime();
  private ConvergenceTracker tracker;
  private long batchCount;
  private long sampleCount;
  private long resumedSampleCount;

  CalibrationRun(ObservedTensors observed, CalibratorOptions options, BooleanSupplier isClosing) {
    this.options = options;
    this.isClosing = isClosing;
    observed.names().forEach(tensor -> collectors.put(tensor, options.newCollector()));
    tracker = new ConvergenceTracker(options.convergence(), collectors.keySet());
  }

  /** Takes over what a checkpoint holds, if there is one, and returns how many samples it is of. */
  long resume() throws IOException {
    if (options.checkpoints().isPresent()) {
      Checkpoints checkpoints = options.checkpoints().get();
      checkpoints.find().ifPresent(state -> resume(state, checkpoints));
    }
    return sampleCount;
  }

  private void resume(CalibrationState state, Checkpoints checkpoints) {
    state.requireSame(
        checkpoints.file(),
        new CalibrationSetup(
            checkpoints.modelDigest(),
            collectors.keySet(),
            options.hasHistograms(),
            options.convergence()));
    collectors.replaceAll(
        (tensor, empty) ->
            TensorCollector.restore(
                Optional.ofNullable(state.tensors().get(tensor)).orElseThrow(),
                options.hasHistograms()));
    tracker = ConvergenceTracker.restore(options.convergence(), state);
    batchCount = state.batchCount();
    sampleCount = state.sampleCount();
    resumedSampleCount = sampleCount;
    LOGGER.debug("resumed after {} batches, {} samples", batchCount, sampleCount);
  }

  /** Observes what a pipeline hands over, to its end or to where the ranges are settled. */
  CalibrationResult run(InferencePipeline pipeline, WorkerThreads helpers, OptionalLong expected)
      throws IOException {
    Ahead ahead = Ahead.of(pipeline);
    while (true) {
      requireNotCancelled();
      if (tracker.endsRun(sampleCount)) {
        return end(Ending.CONVERGED);
      }
      Optional<BatchFrame> frame = ahead.frame();
      if (frame.isEmpty()) {
        return end(Ending.COMPLETE);
      }
      ahead = observe(frame.get(), pipeline, helpers);
      writeDueCheckpoint();
      tell(expected);
    }
  }

  /** Observes a batch while the model runs on the next one, which is returned. */
  private Ahead observe(BatchFrame frame, InferencePipeline pipeline, WorkerThreads helpers) {
    TensorObservation observation =
        TensorObservation.begin(
            collectors, frame.values(), helpers, options.parallelism().observers());
    Ahead ahead;
    try {
      ahead = Ahead.of(pipeline);
    } finally {
      observation.finish();
    }
    count(frame);
    pipeline.release(frame);
    return ahead;
  }

  private void count(BatchFrame frame) {
    batchCount++;
    sampleCount += frame.sampleCount();
    if (options.policy() == NonFinitePolicy.ERROR) {
      requireFinite();
    }
    tracker.batchObserved(tensor -> collector(tensor).range());
  }

  private TensorCollector collector(String tensor) {
    return Optional.ofNullable(collectors.get(tensor)).orElseThrow();
  }

  private void requireFinite() {
    collectors.forEach(
        (tensor, collector) -> {
          if (collector.nonFiniteCount() > 0) {
            throw new CalibrationException(
                "tensor '%s' holds %s NaN or infinite values in batch %s, expected finite ones; %s"
                    .formatted(
                        tensor,
                        collector.nonFiniteCount(),
                        batchCount,
                        "check that the samples are prepared as the model expects"));
          }
        });
  }

  private void writeDueCheckpoint() throws IOException {
    if (options.checkpoints().isPresent() && options.checkpoints().get().isDue(batchCount)) {
      keep();
    }
  }

  private void tell(OptionalLong expected) {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    options
        .listener()
        .batchObserved(
            new CalibrationProgress(
                batchCount, sampleCount, expected, resumedSampleCount, elapsed));
  }

  private void requireNotCancelled() throws IOException {
    if (isClosing.getAsBoolean()) {
      keep();
      throw new IllegalStateException("calibrator was closed while it ran");
    }
    if (options.listener().isCancelled()) {
      throw cancelled();
    }
    if (Thread.interrupted()) {
      try {
        throw cancelled();
      } finally {
        // Only now, since some file systems write nothing for a thread that is interrupted.
        Thread.currentThread().interrupt();
      }
    }
  }

  private CalibrationCancelledException cancelled() throws IOException {
    keep();
    return new CalibrationCancelledException(
        "calibration was cancelled after %s batches, %s samples; %s"
            .formatted(batchCount, sampleCount, kept()),
        batchCount,
        sampleCount);
  }

  private String kept() {
    if (batchCount == 0) {
      return "there is nothing to keep";
    }
    return options
        .checkpoints()
        .map(checkpoints -> "checkpoint '%s' holds them".formatted(checkpoints.file()))
        .orElse("nothing is kept, since no checkpoint was asked for");
  }

  private void keep() throws IOException {
    if (options.checkpoints().isEmpty() || batchCount == 0) {
      return;
    }
    Checkpoints checkpoints = options.checkpoints().get();
    SortedMap<String, TensorState> tensors = new TreeMap<>();
    collectors.forEach((tensor, collector) -> tensors.put(tensor, collector.state()));
    checkpoints.write(
        new CalibrationState(
            checkpoints.modelDigest(),
            options.hasHistograms(),
            batchCount,
            sampleCount,
            tensors,
            tracker.state()));
  }

  private CalibrationResult end(Ending ending) throws IOException {
    if (sampleCount == 0) {
      throw new CalibrationException(
          "the calibration source holds no sample, expected at least one; a few hundred are usual");
    }
    LOGGER.debug("observed {} tensors on {} samples", collectors.size(), sampleCount);
    CalibrationResult result = new CalibrationResult(table(), report(ending));
    options.checkpoints().ifPresent(Checkpoints::delete);
    return result;
  }

  private CalibrationTable table() {
    CalibrationTable.Builder table =
        CalibrationTable.builder().provenance(options.provenance()).sampleCount(sampleCount);
    collectors.forEach(
        (tensor, collector) ->
            collector
                .calibration()
                .ifPresentOrElse(
                    calibration -> table.put(tensor, calibration),
                    () ->
                        LOGGER.warn(
                            "tensor '{}' had no finite element in any batch, it is left out",
                            tensor)));
    return table.build();
  }

  private CalibrationReport report(Ending ending) {
    Map<String, Long> nonFinite = new LinkedHashMap<>();
    collectors.forEach(
        (tensor, collector) -> {
          if (collector.nonFiniteCount() > 0) {
            nonFinite.put(tensor, collector.nonFiniteCount());
          }
        });
    if (!nonFinite.isEmpty()) {
      LOGGER.warn(
          "left out the NaN and infinite values of {} tensors: {}", nonFinite.size(), nonFinite);
    }
    return new CalibrationReport(
        batchCount,
        sampleCount,
        ending,
        options.convergence(),
        tracker.tensors(),
        new TreeMap<>(nonFinite));
  }

  /**
   * The next batch, or the failure to get it, which waits until the batches before are done with.
   */
  private record Ahead(Optional<BatchFrame> found, @Nullable Exception failure) {

    static Ahead of(InferencePipeline pipeline) {
      try {
        return new Ahead(pipeline.next(), null);
      } catch (IOException | RuntimeException e) {
        return new Ahead(Optional.empty(), e);
      }
    }

    Optional<BatchFrame> frame() throws IOException {
      if (failure instanceof IOException io) {
        throw io;
      }
      if (failure instanceof RuntimeException runtime) {
        throw runtime;
      }
      return found;
    }
  }
}
