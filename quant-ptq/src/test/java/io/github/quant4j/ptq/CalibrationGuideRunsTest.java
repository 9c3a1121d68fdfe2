/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationCancelledException;
import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.CalibrationListener;
import io.github.quant4j.calibration.CalibrationProgress;
import io.github.quant4j.calibration.CalibrationReport;
import io.github.quant4j.calibration.CalibrationResult;
import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.Convergence;
import io.github.quant4j.calibration.ExecutionProvider;
import io.github.quant4j.calibration.OptimizationLevel;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.calibration.source.NumpySource;
import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.range.MinMaxSelector;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/calibration.md that says how calibration is run. */
class CalibrationGuideRunsTest {
  private Path folder;
  private OnnxModel floatModel;
  private Calibrator.Builder builder;

  @BeforeEach
  void fill(@TempDir Path path) throws IOException {
    GuideFolder given = GuideFolder.in(path);
    folder = given.path();
    floatModel = given.floatModel();
    builder = given.builder();
  }

  private static CalibrationTable run(Calibrator.Builder built, CalibrationSource samples)
      throws IOException {
    try (samples;
        Calibrator calibrator = built.build()) {
      return calibrator.run(samples);
    }
  }

  @Test
  void threads_changeNothing() throws IOException, InterruptedException {
    CalibrationTable expected = run(builder, GuideFolder.samples());
    // begin guide
    ExecutorService executor = Executors.newFixedThreadPool(4);
    builder.threadCount(2).parallelBatches(2).executor(executor);
    // end guide

    CalibrationTable table = run(builder, GuideFolder.samples());
    executor.shutdown();
    assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(table.sampleCount()).isEqualTo(GuideFolder.SAMPLE_COUNT);
    assertThat(table).isEqualTo(expected);
  }

  /** This build has the ONNX Runtime of the processor, which says what is missing. */
  @Test
  void cuda_isAskedFor() {
    // begin guide
    SessionSettings settings =
        SessionSettings.defaults().withProvider(ExecutionProvider.cuda(0)).withThreadCount(4);
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(floatModel)
            .calibration(calibrator -> calibrator.settings(settings));
    // end guide

    assertThatThrownBy(() -> quantization.calibrate(GuideFolder.samples()))
        .isInstanceOf(CalibrationException.class)
        .hasMessageContaining("cannot compute on cuda:0")
        .hasMessageContaining("com.microsoft.onnxruntime:onnxruntime_gpu");
  }

  @Test
  void graph_isRunAsItIsWritten() throws IOException {
    CalibrationTable optimized = run(builder, GuideFolder.samples());
    // begin guide
    builder.settings(SessionSettings.defaults().withOptimization(OptimizationLevel.NONE));
    // end guide

    CalibrationTable table = run(builder, GuideFolder.samples());
    assertThat(table.tensors())
        .isEqualTo(optimized.tensors())
        .allSatisfy(
            tensor -> {
              float expected = optimized.range(tensor).orElseThrow().maximum();
              float found = table.range(tensor).orElseThrow().maximum();
              assertThat(Math.abs(found - expected)).isLessThan(1e-5f * expected);
            });
  }

  @Test
  void nonFinite_isLeftOutAndCounted() throws IOException {
    float[] pixels = TestSamples.pixels(2);
    pixels[1024 + 17] = Float.NaN;
    Tensor images = Tensor.ofFloats(Shape.of(2, 1, 32, 32), pixels);
    List<TensorBatch> batches = List.of(TensorBatch.of(Map.of("input", images)));
    assertThatThrownBy(() -> run(builder, CalibrationSource.of(batches)))
        .hasMessageStartingWith(
            "input 'input' holds a NaN or infinite value in sample 1 at index [0, 0, 17]");
    CalibrationSource samples = CalibrationSource.of(batches);
    // begin guide
    CalibrationResult result;
    try (Calibrator calibrator = builder.nonFinite(NonFinitePolicy.EXCLUDE).build()) {
      result = calibrator.calibrate(samples);
    }
    Map<String, Long> leftOut = result.report().nonFiniteCounts();
    // end guide

    assertThat(leftOut).containsEntry("input", 1L);
    assertThat(result.table().statistics("input").orElseThrow().count()).isEqualTo(2047);
  }

  @Test
  void progress_isToldAndTheRunIsCancelled() throws IOException {
    // begin guide
    AtomicBoolean isCancelled = new AtomicBoolean();
    CalibrationListener listener =
        new CalibrationListener() {
          @Override
          public void batchObserved(CalibrationProgress progress) {
            System.out.printf(
                "%d samples, %.0f per second, %s left%n",
                progress.sampleCount(), progress.samplesPerSecond(), progress.remaining());
          }

          @Override
          public boolean isCancelled() {
            return isCancelled.get();
          }
        };
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(floatModel).listener(listener);
    // end guide

    assertThat(quantization.calibrate(GuideFolder.samples()).sampleCount())
        .isEqualTo(GuideFolder.SAMPLE_COUNT);
    isCancelled.set(true);
    assertThatThrownBy(() -> quantization.calibrate(GuideFolder.samples()))
        .isInstanceOf(CalibrationCancelledException.class)
        .hasMessageContaining("cancelled after 0 batches");
  }

  @Test
  void checkpoint_isResumed() throws IOException {
    CalibrationTable expected = run(builder, GuideFolder.samples());
    // begin guide
    builder.checkpoint(folder.resolve("calibration.checkpoint"), 10);
    // end guide

    assertThatThrownBy(() -> run(builder.listener(cancellingAfter(3)), GuideFolder.samples()))
        .isInstanceOf(CalibrationCancelledException.class);
    List<CalibrationProgress> heard = new ArrayList<>();
    assertThat(run(builder.listener(heard::add), GuideFolder.samples())).isEqualTo(expected);
    assertThat(heard).hasSize(5);
    assertThat(heard.get(0).resumedSampleCount()).isEqualTo(24);
    assertThat(folder.resolve("calibration.checkpoint")).doesNotExist();
  }

  private static CalibrationListener cancellingAfter(int batchCount) {
    AtomicBoolean isCancelled = new AtomicBoolean();
    return new CalibrationListener() {
      @Override
      public void batchObserved(CalibrationProgress progress) {
        isCancelled.set(progress.batchCount() == batchCount);
      }

      @Override
      public boolean isCancelled() {
        return isCancelled.get();
      }
    };
  }

  /** Black images settle at once, so that the window and the least number of samples decide. */
  @Test
  void convergence_endsTheRunAndIsReported() throws IOException {
    TestSamples.writeNpz(folder.resolve("samples.npz"), new float[20 * 16 * 1024]);
    // begin guide
    builder.convergence(Convergence.defaults().withWindow(8).withEarlyStop(true));
    CalibrationReport report;
    try (Calibrator calibrator = builder.build();
        CalibrationSource samples =
            NumpySource.builder(folder.resolve("samples.npz"))
                .batchSize(16)
                .open()
                .shuffled(1024, 7)) {
      report = calibrator.calibrate(samples).report();
    }
    System.out.print(report.text());
    // end guide

    assertThat(report.ending()).isEqualTo(CalibrationReport.Ending.CONVERGED);
    assertThat(report.sampleCount()).isEqualTo(144);
    assertThat(report.isSettled()).isTrue();
    assertThat(report.text())
        .startsWith("observed 21 tensors on 144 samples in 9 batches, ended early\n")
        .contains("more data would change the scales little");
  }

  @Test
  void shards_mergeToTheWhole() throws IOException {
    List<TensorBatch> all = GuideFolder.all(GuideFolder.samples());
    for (int part = 0; part < 2; part++) {
      List<TensorBatch> batches = all.subList(part * 4, part * 4 + 4);
      CalibrationTableJson.write(
          run(builder, CalibrationSource.of(batches)), folder.resolve("part_" + part + ".json"));
    }
    // begin guide
    List<CalibrationTable> parts =
        List.of(
            CalibrationTableJson.read(folder.resolve("part_0.json")),
            CalibrationTableJson.read(folder.resolve("part_1.json")));
    CalibrationTable whole = CalibrationTable.merge(parts);
    CalibrationTable chosen = whole.withRanges("minmax", MinMaxSelector.create());
    // end guide

    assertThat(whole).isEqualTo(run(builder, GuideFolder.samples()));
    assertThat(chosen.provenance().method()).hasValue("minmax");
  }
}
