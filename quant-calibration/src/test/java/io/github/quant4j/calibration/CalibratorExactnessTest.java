/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same samples give the same table, bit for bit, in whatever way they come to be observed.
 *
 * <p>Where the cut into batches changes, the models compute exactly, so that what is tested is the
 * observation and not how the runtime rounds for another batch size.
 */
class CalibratorExactnessTest {

  /** A model and the batches of its samples. */
  record Subject(String model, List<String> observed, List<TensorBatch> batches) {

    Calibrator.Builder builder() throws IOException {
      byte[] bytes = model.equals("resnet20") ? TestModels.resNet20() : TestModels.read(model);
      return Calibrator.builder(bytes, observed)
          .threadCount(2)
          .histograms(true)
          .nonFinite(NonFinitePolicy.EXCLUDE)
          .convergence(new Convergence(0.1, 2, 0, false));
    }

    CalibrationTable table() throws IOException {
      return result(builder()).table();
    }

    CalibrationResult result(Calibrator.Builder builder) throws IOException {
      return result(builder, CalibrationSource.of(batches));
    }

    static CalibrationResult result(Calibrator.Builder builder, CalibrationSource source)
        throws IOException {
      try (Calibrator calibrator = builder.build()) {
        return calibrator.calibrate(source);
      }
    }

    @Override
    public String toString() {
      return model;
    }
  }

  static List<Subject> subjects() throws IOException {
    ExactSamples samples = new ExactSamples(20);
    List<String> hundred = IntStream.range(0, 100).mapToObj(i -> "t" + i).toList();
    return List.of(
        new Subject(
            "conv",
            List.of("x", "conv", "relu", "y"),
            Stream.of(5, 5, 1, 7, 5, 5, 2).map(samples::conv).toList()),
        // Large enough that several threads observe one batch.
        new Subject(
            "hundred",
            hundred,
            Stream.of(1400, 7, 1320)
                .map(n -> TensorBatch.of(Map.of("x", samples.floats(n, 100))))
                .toList()),
        // Other lengths of the observed tensors for the same shapes of the inputs.
        new Subject(
            "expand",
            List.of("wide", "x"),
            Stream.of(0L, 3L, 70_000L, 2L, 3L, 150_000L, 9L).map(samples::expand).toList()),
        // NaN and infinite values, left out, in some batches.
        new Subject(
            "log",
            List.of("x", "y"),
            Stream.of(1f, -1f, 3f, Float.NaN, 0f, 1f / 0f)
                .map(value -> TestModels.batch("x", Shape.of(2, 2), 2f, value, value + 1, value))
                .toList()),
        new Subject("resnet20", List.of("input", "logits"), images(36, 8)));
  }

  /**
   * The first pictures of those that data/fashion-mnist/README.md describes, prepared as it says.
   */
  private static List<TensorBatch> images(int count, int batchSize) throws IOException {
    Path file = Path.of("..", "data", "fashion-mnist", "calibration-images-idx3-ubyte.gz");
    float[] values = new float[count * 32 * 32];
    Arrays.fill(values, (0 - 0.2860f) / 0.3530f);
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      in.skipNBytes(16);
      for (int row = 0; row < 28 * count; row++) {
        byte[] pixels = in.readNBytes(28);
        for (int x = 0; x < 28; x++) {
          values[(row / 28 * 32 + row % 28 + 2) * 32 + x + 2] =
              (Byte.toUnsignedInt(pixels[x]) / 255f - 0.2860f) / 0.3530f;
        }
      }
    }
    TensorBatch images = TestModels.batch("input", Shape.of(count, 1, 32, 32), values);
    return IntStream.iterate(0, first -> first < count, first -> first + batchSize)
        .mapToObj(first -> images.slice(first, Math.min(batchSize, count - first)))
        .toList();
  }

  @Test
  void run_anyBatchSizeAndOrder_givesTheSameTable() throws IOException {
    Subject subject = subjects().get(0);
    CalibrationTable expected = subject.table();
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<TensorBatch> batches = new ArrayList<>(subject.batches());
      Collections.shuffle(batches, random);
      try (Calibrator calibrator = subject.builder().build();
          CalibrationSource source =
              CalibrationSource.of(batches).shuffled(7, seed).batched(1 + random.nextInt(31))) {
        assertThat(calibrator.run(source)).as("seed %s", seed).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void merge_tablesOfAnyShards_givesTheTableOfTheWhole(Subject subject) throws IOException {
    CalibrationTable expected = subject.table();
    for (long seed = 0; seed < 3; seed++) {
      List<TensorBatch> batches = new ArrayList<>(subject.batches());
      Collections.shuffle(batches, new Random(seed));
      int cut = 1 + (int) seed % (batches.size() - 1);
      List<CalibrationTable> tables = new ArrayList<>();
      for (List<TensorBatch> shard :
          List.of(batches.subList(cut, batches.size()), batches.subList(0, cut))) {
        tables.add(Subject.result(subject.builder(), CalibrationSource.of(shard)).table());
      }
      assertThat(CalibrationTable.merge(tables)).as("seed %s", seed).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void run_anyParallelism_givesTheSameTable(Subject subject) throws IOException {
    CalibrationResult expected = subject.result(subject.builder().threadCount(1));
    ExecutorService pool = Executors.newFixedThreadPool(3);
    ExecutorService ended = Executors.newSingleThreadExecutor();
    ended.shutdown();
    Executor late = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, pool);
    try {
      List<Executor> executors = List.of(Runnable::run, pool, ended, work -> {}, late, pool);
      for (int i = 0; i < executors.size(); i++) {
        Calibrator.Builder builder =
            subject.builder().executor(executors.get(i)).parallelBatches(1 + i % 3);
        assertThat(subject.result(builder)).as("executor %s", i).isEqualTo(expected);
      }
      assertThat(subject.result(subject.builder().parallelBatches(4))).isEqualTo(expected);
    } finally {
      pool.shutdown();
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void run_cancelledAfterAnyBatch_resumesToTheSameTable(Subject subject, @TempDir Path folder)
      throws IOException {
    CalibrationResult expected = subject.result(subject.builder());
    Path file = folder.resolve("state");
    for (int last = 1; last <= subject.batches().size(); last++) {
      CancellingListener listener = new CancellingListener(last);
      Calibrator.Builder builder =
          subject.builder().checkpoint(file, 100).parallelBatches(1 + last % 3).listener(listener);
      assertThatThrownBy(() -> subject.result(builder))
          .isInstanceOf(CalibrationCancelledException.class);
      assertThat(listener.batchCount()).isEqualTo(last);

      assertThat(subject.result(subject.builder().checkpoint(file, 2)))
          .as("cancelled after batch %s", last)
          .isEqualTo(expected);
      assertThat(file).doesNotExist();
    }
  }

  /** Every run gets one batch further and then its source fails. */
  @ParameterizedTest
  @MethodSource("subjects")
  void run_failedAtEveryBatch_resumesToTheSameTable(Subject subject, @TempDir Path folder)
      throws IOException {
    CalibrationResult expected = subject.result(subject.builder());
    Path file = folder.resolve("state");
    int batchCount = subject.batches().size();
    for (int good = 1; good <= batchCount; good++) {
      int goodCount = good;
      GeneratedSource source =
          new GeneratedSource(
              index -> {
                if (index == goodCount) {
                  throw new IOException("gone");
                }
                return Optional.of(subject.batches().get(index));
              });
      try (Calibrator calibrator = subject.builder().checkpoint(file, 1).build()) {
        assertThatThrownBy(() -> calibrator.run(source)).hasMessage("gone");
      }
      assertThat(file).exists();
    }
    assertThat(subject.result(subject.builder().checkpoint(file, 1))).isEqualTo(expected);
  }

  /** The checkpoint is of the samples, not of the batches they came in. */
  @Test
  void run_resumedInOtherBatches_givesTheSameTable(@TempDir Path folder) throws IOException {
    Subject subject = subjects().get(0);
    Path file = folder.resolve("state");
    for (int batchSize = 1; batchSize <= 8; batchSize++) {
      Calibrator.Builder builder =
          subject.builder().checkpoint(file, 100).listener(new CancellingListener(3));
      assertThatThrownBy(() -> subject.result(builder))
          .isInstanceOf(CalibrationCancelledException.class);
      try (CalibrationSource source = CalibrationSource.of(subject.batches()).batched(batchSize)) {
        assertThat(Subject.result(subject.builder().checkpoint(file, 100), source).table())
            .as("batches of %s", batchSize)
            .isEqualTo(subject.table());
      }
    }
  }

  /** Sources may, since whoever reads has used a batch before asking for the next. */
  @Test
  void run_sourceThatUsesItsBuffersAgain_givesTheSameTable() throws IOException {
    Subject subject = subjects().get(0);
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
    CalibrationSource source =
        new GeneratedSource(
            index -> {
              buffer.clear();
              for (int i = 0; i < buffer.capacity(); i += Float.BYTES) {
                buffer.putFloat(i, Float.NaN);
              }
              if (index == subject.batches().size()) {
                return Optional.empty();
              }
              Tensor tensor = subject.batches().get(index).tensor("x").orElseThrow();
              buffer.put(tensor.bytes()).flip();
              Tensor shared = Tensor.of(ElementType.FLOAT, tensor.shape(), buffer);
              return Optional.of(TensorBatch.of(Map.of("x", shared)));
            });
    assertThat(Subject.result(subject.builder().parallelBatches(2), source).table())
        .isEqualTo(subject.table());
  }

  /** Cancels after a batch. */
  private static final class CancellingListener implements CalibrationListener {

    private final int lastBatch;
    private long batchCount;

    CancellingListener(int lastBatch) {
      this.lastBatch = lastBatch;
    }

    long batchCount() {
      return batchCount;
    }

    @Override
    public void batchObserved(CalibrationProgress progress) {
      batchCount = progress.batchCount();
    }

    @Override
    public boolean isCancelled() {
      return batchCount >= lastBatch;
    }
  }
}
