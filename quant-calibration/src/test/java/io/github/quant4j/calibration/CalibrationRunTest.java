/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationReport.Ending;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run does between two batches: checkpoints, listeners, ends of every kind. */
@Timeout(30)
class CalibrationRunTest {

  /** The ranges of batches scaled by these do not move from the third to the fifth batch. */
  private static final float[] SCALES = {1, 2, 4, 4, 4, 4, 4, 4};

  private static final Convergence EARLY = new Convergence(0.01, 2, 0, true);

  private final Path folder;

  CalibrationRunTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void calibrate_checkpointOfAnyInterval_isWrittenBeforeTheListenerHears(int interval)
      throws IOException {
    List<Long> kept = new ArrayList<>();
    try (Calibrator calibrator =
        conv()
            .checkpoint(state(), interval)
            .listener(progress -> kept.add(batchesKept()))
            .build()) {
      assertThat(calibrator.calibrate(source(7)).report().batchCount()).isEqualTo(7);
    }

    assertThat(kept)
        .isEqualTo(LongStream.rangeClosed(1, 7).map(k -> k - k % interval).boxed().toList());
    assertThat(state()).doesNotExist();
  }

  @Test
  void calibrate_listenerThrowsWhenACheckpointIsDue_leavesItWritten() {
    IllegalStateException failure = new IllegalStateException("odd");
    Calibrator.Builder builder =
        conv()
            .checkpoint(state(), 2)
            .listener(
                progress -> {
                  if (progress.batchCount() == 2) {
                    throw failure;
                  }
                });

    assertThatThrownBy(() -> calibrate(builder, source(5))).isSameAs(failure);
    assertThat(batchesKept()).isEqualTo(2);
  }

  @Test
  void calibrate_closedByTheListener_keepsWhatWasObservedAndTheInterrupt() {
    List<Calibrator> running = new ArrayList<>();
    CalibrationListener listener =
        progress -> {
          if (progress.batchCount() == 3) {
            Thread.currentThread().interrupt();
            running.get(0).close();
          }
        };
    running.add(conv().checkpoint(state(), 100).parallelBatches(2).listener(listener).build());

    assertThatThrownBy(() -> running.get(0).calibrate(source(8)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("calibrator was closed while it ran");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(batchesKept()).isEqualTo(3);
  }

  @Test
  void calibrate_cancelled_tellsWhatIsKept() {
    String observed = "calibration was cancelled after 2 batches, 12 samples; ";
    assertThatThrownBy(() -> calibrate(conv().listener(new CancelAfter(2)), source(5)))
        .hasMessage(observed + "nothing is kept, since no checkpoint was asked for");
    assertThatThrownBy(
            () -> calibrate(conv().checkpoint(state(), 9).listener(new CancelAfter(2)), source(5)))
        .hasMessage(observed + "checkpoint '%s' holds them", state());
  }

  @Test
  void calibrate_cancelledBeforeTheFirstBatch_keepsNothing() {
    Calibrator.Builder builder = conv().checkpoint(state(), 1).listener(new CancelAfter(0));

    assertThatThrownBy(() -> calibrate(builder, source(5)))
        .isInstanceOf(CalibrationCancelledException.class)
        .hasMessage(
            "calibration was cancelled after 0 batches, 0 samples; there is nothing to keep");
    assertThat(state()).doesNotExist();
  }

  /** A folder takes its place while the run is on. */
  @Test
  void calibrate_checkpointCannotBeDeleted_givesItsResultAllTheSame() throws IOException {
    CalibrationListener listener =
        progress ->
            assertThat(state().resolve("inside").toFile().mkdirs())
                .isEqualTo(progress.batchCount() == 1);

    assertThat(calibrate(conv().checkpoint(state(), 100).listener(listener), source(3)))
        .isEqualTo(calibrate(conv(), source(3)));
    assertThat(state()).isDirectory();
  }

  @Test
  void calibrate_sourceShorterThanTheCheckpoint_isRefusedAndKeepsIt() {
    interruptedAfter(3);

    for (int count : new int[] {0, 1, 2}) {
      assertThatThrownBy(() -> calibrate(conv().checkpoint(state(), 1), source(count)))
          .isInstanceOf(CalibrationException.class)
          .hasMessage(
              "the source ends %s samples before the 18 that the checkpoint holds, "
                  + "expected the same samples; give them or delete the checkpoint",
              18 - 6 * count);
    }
    assertThat(batchesKept()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 18, 20, 100})
  void calibrate_resumedWithBatchesOfAnotherSize_observesEverySampleOnce(int batchSize)
      throws IOException {
    interruptedAfter(3);
    Calibrator.Builder builder = conv().checkpoint(state(), 2);

    assertThat(calibrate(builder, source(7).batched(batchSize)).table())
        .isEqualTo(calibrate(conv(), source(7)).table());
  }

  @Test
  void calibrate_resumedAfterTheLastBatch_isCompleteAtOnce() throws IOException {
    interruptedAfter(5);
    List<CalibrationProgress> heard = new ArrayList<>();

    assertThat(calibrate(conv().checkpoint(state(), 2).listener(heard::add), source(5)))
        .isEqualTo(calibrate(conv(), source(5)));
    assertThat(heard).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 19})
  void calibrate_sourceSkipsMoreThanItWasAsked_isRefused(long skipped) {
    interruptedAfter(3);
    CalibrationSource source = new Skipping(source(5), skipped);

    assertThatThrownBy(() -> calibrate(conv().checkpoint(state(), 2), source))
        .hasMessage(
            "the source passed over %s samples, expected 0 to 18; mend its method skip", skipped);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void calibrate_settledRanges_endsAtTheBatchOfARunWithoutParallelism(int parallelBatches)
      throws IOException {
    List<Long> heard = new ArrayList<>();
    GeneratedSource source =
        new GeneratedSource(
            index -> {
              if (index == 5 + parallelBatches) {
                throw new IOException("nobody hears of what is beyond the end");
              }
              return Optional.of(batch(index));
            });
    CalibrationReport report =
        calibrate(
                conv()
                    .convergence(EARLY)
                    .parallelBatches(parallelBatches)
                    .listener(progress -> heard.add(progress.batchCount())),
                source)
            .report();

    assertThat(heard).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(report.batchCount()).isEqualTo(5);
    assertThat(report.ending()).isEqualTo(Ending.CONVERGED);
    assertThat(source.batchCount()).isLessThanOrEqualTo(6 + parallelBatches);
  }

  /** The run was stopped when nothing but its end was left. */
  @Test
  void calibrate_resumedWhenSettled_endsWithoutAnotherBatch() throws IOException {
    assertThatThrownBy(
            () ->
                calibrate(
                    conv().convergence(EARLY).checkpoint(state(), 100).listener(new CancelAfter(5)),
                    source(8)))
        .isInstanceOf(CalibrationCancelledException.class);

    assertThat(calibrate(conv().convergence(EARLY).checkpoint(state(), 1), source(8)))
        .isEqualTo(calibrate(conv().convergence(EARLY), source(8)));
    assertThat(state()).doesNotExist();
  }

  /** A helper observes a batch to its end while the thread that calls waits for the next. */
  @Test
  void calibrate_nextBatch_isReadAndRunWhileOneIsObserved() throws IOException {
    ExactSamples samples = new ExactSamples(3);
    CountDownLatch observed = new CountDownLatch(2); // helpers of the second batch, all done
    AtomicInteger heard = new AtomicInteger();
    GeneratedSource source =
        new GeneratedSource(
            index -> {
              if (index == 2) {
                assertThat(heard).hasValue(1);
                await(observed);
              }
              return index < 4
                  ? Optional.of(TensorBatch.of(Map.of("x", samples.floats(3000, 100))))
                  : Optional.empty();
            });
    Calibrator.Builder builder =
        Calibrator.builder(TestModels.read("hundred"), List.of("x", "t0"))
            .threadCount(2)
            .listener(progress -> heard.incrementAndGet())
            .executor(
                task -> {
                  if (heard.get() != 1) {
                    throw new RejectedExecutionException("left to the thread that calls");
                  }
                  new Thread(
                          () -> {
                            task.run();
                            observed.countDown();
                          })
                      .start();
                });

    assertThat(calibrate(builder, source).report().sampleCount()).isEqualTo(12_000);
  }

  private void interruptedAfter(int batchCount) {
    assertThatThrownBy(
            () ->
                calibrate(
                    conv().checkpoint(state(), 100).listener(new CancelAfter(batchCount)),
                    source(8)))
        .isInstanceOf(CalibrationCancelledException.class);
    assertThat(batchesKept()).isEqualTo(batchCount);
  }

  private Path state() {
    return folder.resolve("state");
  }

  private long batchesKept() {
    try {
      return Files.exists(state()) ? CheckpointFile.read(state()).batchCount() : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static CalibrationResult calibrate(Calibrator.Builder builder, CalibrationSource source)
      throws IOException {
    try (Calibrator calibrator = builder.build()) {
      return calibrator.calibrate(source);
    }
  }

  private static Calibrator.Builder conv() {
    return Calibrator.builder(TestModels.read("conv"), List.of("x", "conv", "y"))
        .histograms(true)
        .threadCount(1);
  }

  private static CalibrationSource source(int batchCount) {
    return CalibrationSource.of(
        IntStream.range(0, batchCount).mapToObj(CalibrationRunTest::batch).toList());
  }

  private static TensorBatch batch(int index) {
    float[] values = TestModels.floats(TestModels.convSamples().tensor("x").orElseThrow());
    for (int i = 0; i < values.length; i++) {
      values[i] *= SCALES[Math.min(index, SCALES.length - 1)];
    }
    return TestModels.batch("x", Shape.of(6, 1, 4, 4), values);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Cancels after so many batches. */
  private static final class CancelAfter implements CalibrationListener {

    private final long last;
    private long batchCount;

    CancelAfter(long last) {
      this.last = last;
    }

    @Override
    public void batchObserved(CalibrationProgress progress) {
      batchCount = progress.batchCount();
    }

    @Override
    public boolean isCancelled() {
      return batchCount >= last;
    }
  }

  /** Tells that it passed over some number of samples, whatever it was asked for. */
  private record Skipping(CalibrationSource source, long skipped) implements CalibrationSource {

    @Override
    public Optional<TensorBatch> next() throws IOException {
      return source.next();
    }

    @Override
    public long skip(long sampleCount) {
      return skipped;
    }

    @Override
    public boolean isRewindable() {
      return false;
    }

    @Override
    public void rewind() {
      throw new UnsupportedOperationException("cannot rewind");
    }

    @Override
    public OptionalLong sampleCount() {
      return OptionalLong.empty();
    }

    @Override
    public void close() {}
  }
}
