/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong in a run comes out as it is or as one clear line, and the next run works. */
@Timeout(30)
class CalibratorFaultsTest {

  private static final ExecutorService EXECUTOR = Executors.newSingleThreadExecutor();

  private final ExactSamples samples = new ExactSamples(66);

  @AfterAll
  static void shutDown() {
    EXECUTOR.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void run_sourceThrowsAtABatch_passesItOnAsItIs(int failing) throws IOException {
    IOException failure = new IOException("gone");
    IllegalStateException unchecked = new IllegalStateException("odd");
    try (Calibrator calibrator = conv(progress -> {})) {
      assertThatThrownBy(() -> calibrator.run(failingSource(failing, failure))).isSameAs(failure);
      assertThatThrownBy(() -> calibrator.run(failingSource(failing, unchecked)))
          .isSameAs(unchecked);
      assertWorks(calibrator);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9})
  void run_listenerThrowsAtABatch_passesItOnAsItIs(int failing) throws IOException {
    IllegalStateException failure = new IllegalStateException("odd");
    List<Long> heard = new ArrayList<>();
    CalibrationListener listener =
        progress -> {
          heard.add(progress.batchCount());
          if (heard.size() == failing) {
            throw failure;
          }
        };
    try (Calibrator calibrator = conv(listener)) {
      assertThatThrownBy(() -> calibrator.run(endingSource(12))).isSameAs(failure);
      assertThat(heard).isEqualTo(LongStream.rangeClosed(1, failing).boxed().toList());
      assertWorks(calibrator);
    }
  }

  static Stream<TensorBatch> misfits() {
    ExactSamples samples = new ExactSamples(67);
    Tensor right = samples.floats(2, 1, 4, 4);
    return Stream.of(
        TensorBatch.of(Map.of("z", right)),
        TensorBatch.of(Map.of("x", right, "z", right)),
        TensorBatch.of(Map.of("x", samples.floats(2, 16))),
        TensorBatch.of(Map.of("x", samples.floats(2, 1, 4, 5))),
        TensorBatch.of(Map.of("x", Tensor.ofInts(Shape.of(1, 1, 4, 4), new int[16]))));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void run_batchThatDoesNotFit_isRefusedAfterThoseBefore(TensorBatch misfit) throws IOException {
    List<CalibrationProgress> heard = new ArrayList<>();
    try (Calibrator calibrator = conv(heard::add)) {
      List<TensorBatch> batches =
          List.of(samples.conv(1), samples.conv(2), misfit, samples.conv(1), samples.conv(1));
      assertThatThrownBy(() -> calibrator.run(CalibrationSource.of(batches)))
          .isInstanceOf(CalibrationException.class)
          .hasMessageMatching("(input|array) '[xz]' .*");
      assertThat(heard).hasSize(2);
      assertWorks(calibrator);
    }
  }

  /* Little-endian bits of NaN and infinity, e.g. np.float16("-inf").tobytes().hex() = "00fc". */
  @ParameterizedTest
  @CsvSource({
    "float, 0000c07f", "float, 000080ff", "double, 000000000000f87f", "double, 000000000000f0ff",
    "float16, 007e", "float16, 00fc", "bfloat16, c07f", "bfloat16, 80ff"
  })
  void run_nonFiniteInput_namesInputAndSample(String input, String bits) throws IOException {
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("types"), List.of("float_out")).build()) {
      List<TensorBatch> batches =
          List.of(
              types(3, "float", "00000000"), types(2, input, bits), types(2, "float", "000080ff"));
      assertThatThrownBy(() -> calibrator.run(CalibrationSource.of(batches)))
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith(
              "input '%s' holds a NaN or infinite value in sample 4 at index [1]", input);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void run_nonFiniteActivations_namesTheFirstBatchOfThem(int failing) throws IOException {
    try (Calibrator calibrator = Calibrator.builder(TestModels.read("log"), List.of("y")).build()) {
      CalibrationSource source =
          new GeneratedSource(
              index -> {
                float value = index + 1 < failing ? 1f : -1f;
                return Optional.of(TestModels.batch("x", Shape.of(2, 2), value, 1f, 1f, value));
              });
      assertThatThrownBy(() -> calibrator.run(source))
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith(
              "tensor 'y' holds 2 NaN or infinite values in batch %s,", failing);
    }
  }

  /** No machine has the 2^58 bytes that the second batch asks for. */
  @Test
  void run_tensorThatNoMemoryHolds_namesTheBatch() throws IOException {
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("expand"), List.of("wide")).build()) {
      assertThatThrownBy(
              () ->
                  calibrator.run(
                      CalibrationSource.of(
                          List.of(samples.expand(7), samples.expand(1L << 56), samples.expand(2)))))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContaining("the model failed on {")
          .hasMessageContaining("width=int64[1, 1]")
          .hasMessageContaining("ONNX Runtime says: ")
          .hasMessageNotContaining("\n");

      assertThat(
              calibrator.run(CalibrationSource.of(List.of(samples.expand(7)))).statistics("wide"))
          .hasValueSatisfying(statistics -> assertThat(statistics.count()).isEqualTo(7));
    }
  }

  @Test
  void run_executorThrows_passesItOnAndWaitsForTheOthers() throws IOException {
    IllegalStateException failure = new IllegalStateException("odd");
    List<Thread> threads = new CopyOnWriteArrayList<>();
    Executor executor =
        work -> {
          if (threads.size() % 2 == 1) {
            threads.add(Thread.currentThread());
            throw failure;
          }
          Thread thread = new Thread(work);
          threads.add(thread);
          thread.start();
        };
    TensorBatch large = TensorBatch.of(Map.of("x", samples.floats(3000, 100)));
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("hundred"), List.of("x", "t0", "t1", "t2"))
            .threadCount(4)
            .executor(executor)
            .build()) {
      assertThatThrownBy(() -> calibrator.run(CalibrationSource.of(List.of(large, large))))
          .isSameAs(failure);
    }
    assertThat(threads).hasSize(2);
  }

  @Test
  void close_whileItRuns_endsTheRunBeforeTheNextBatch() throws Exception {
    CountDownLatch running = new CountDownLatch(3);
    Calibrator calibrator = conv(progress -> running.countDown());
    GeneratedSource source = endingSource(Integer.MAX_VALUE);
    Future<?> run = EXECUTOR.submit(() -> calibrator.run(source));
    running.await();
    calibrator.close();
    int batchCount = source.batchCount();

    assertThatThrownBy(run::get)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("calibrator was closed while it ran");
    assertThat(source.batchCount()).isEqualTo(batchCount);
    calibrator.close();
    assertThatThrownBy(() -> calibrator.run(endingSource(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("calibrator is closed");
  }

  @Test
  void close_byTheListener_endsTheRun() {
    AtomicReference<Calibrator> running = new AtomicReference<>();
    Calibrator calibrator = conv(progress -> Objects.requireNonNull(running.get()).close());
    running.set(calibrator);

    assertThatThrownBy(() -> calibrator.run(endingSource(3)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("calibrator was closed while it ran");
  }

  @Test
  void run_whileItRuns_isRefusedAndLeavesTheFirstAlone() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    GeneratedSource waiting =
        new GeneratedSource(
            index -> {
              running.countDown();
              awaitUninterruptibly(refused);
              return index < 5 ? Optional.of(samples.conv(2)) : Optional.empty();
            });
    try (Calibrator calibrator = conv(progress -> {})) {
      Future<CalibrationTable> first = EXECUTOR.submit(() -> calibrator.run(waiting));
      running.await();
      assertThatThrownBy(() -> calibrator.run(endingSource(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("calibrator is running in thread '");
      refused.countDown();
      assertThat(first.get().sampleCount()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void run_threadInterrupted_isCancelledAfterWhatIsObserved(int batch) throws IOException {
    List<CalibrationProgress> heard = new ArrayList<>();
    CalibrationListener listener =
        progress -> {
          heard.add(progress);
          if (heard.size() == batch) {
            Thread.currentThread().interrupt();
          }
        };
    try (Calibrator calibrator = conv(listener)) {
      if (batch == 0) {
        Thread.currentThread().interrupt();
      }
      assertThatThrownBy(() -> calibrator.run(endingSource(12)))
          .isInstanceOfSatisfying(
              CalibrationCancelledException.class,
              e -> assertThat(e.batchCount()).isEqualTo(batch));
      assertThat(Thread.interrupted()).isTrue();
      assertWorks(calibrator);
    }
  }

  @Test
  void run_nonFiniteValuesExcluded_countsThem() throws IOException {
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("log"), List.of("x", "y"))
            .nonFinite(NonFinitePolicy.EXCLUDE)
            .build()) {
      float nan = Float.NaN;
      CalibrationTable table =
          calibrator.run(
              CalibrationSource.of(
                  List.of(
                      TestModels.batch("x", Shape.of(1, 2), nan, 1f / 0f),
                      TestModels.batch("x", Shape.of(2, 2), 1f, 0f, -1f, nan))));

      assertThat(table.statistics("x")).contains(new TensorStatistics(-1f, 1f, 3, 3));
      assertThat(table.statistics("y")).contains(new TensorStatistics(0f, 0f, 1, 5));
    }
  }

  @Test
  void run_checkpointWithoutAPlace_isRefusedBeforeTheFirstBatch(@TempDir Path folder)
      throws IOException {
    for (Path file : List.of(folder, folder.resolve("missing").resolve("state"))) {
      GeneratedSource source = endingSource(5);
      try (Calibrator calibrator =
          Calibrator.builder(TestModels.read("conv"), List.of("y")).checkpoint(file, 3).build()) {
        assertThatThrownBy(() -> calibrator.run(source))
            .isInstanceOf(IOException.class)
            .hasMessageStartingWith("checkpoint '%s' cannot be written: ", file);
        assertThat(source.batchCount()).isZero();
      }
    }
  }

  @Test
  void run_checkpointThatNoLongerCanBeWritten_isAnIoFailureAfterTheBatch(@TempDir Path folder)
      throws IOException {
    List<CalibrationProgress> heard = new ArrayList<>();
    Path inner = Files.createDirectory(folder.resolve("inner"));
    CalibrationListener listener =
        progress -> {
          heard.add(progress);
          assertThat(inner.toFile().delete()).isEqualTo(heard.size() == 1);
        };
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("conv"), List.of("y"))
            .checkpoint(inner.resolve("state"), 3)
            .listener(listener)
            .build()) {
      assertThatThrownBy(() -> calibrator.run(endingSource(5)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("state");
      assertThat(heard).hasSize(2);
    }
  }

  @Test
  void run_scalarInputOfSamples_isRefusedWithWhatToDo() {
    TensorBatch batch =
        TensorBatch.of(
            Map.of("x", samples.floats(1, 1, 2, 1, 2), "gain", Tensor.ofFloats(Shape.of(1), 3f)));
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("gain"), List.of("y")).build()) {
      assertThatThrownBy(() -> calibrator.run(CalibrationSource.of(List.of(batch))))
          .isInstanceOf(CalibrationException.class)
          .hasMessage(
              "input 'gain' takes float[], got samples of shape [1]: a scalar is of no sample; "
                  + "feed it as a parameter instead");
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Calibrator conv(CalibrationListener listener) {
    return Calibrator.builder(TestModels.read("conv"), List.of("x", "conv", "y"))
        .threadCount(1)
        .listener(listener)
        .build();
  }

  private void assertWorks(Calibrator calibrator) throws IOException {
    assertThat(calibrator.run(endingSource(3)).sampleCount()).isEqualTo(6);
  }

  private GeneratedSource endingSource(int batchCount) {
    return new GeneratedSource(
        index -> index < batchCount ? Optional.of(samples.conv(2)) : Optional.empty());
  }

  /** A source that fails when asked for the batch of a number from 1. */
  private CalibrationSource failingSource(int failing, Exception failure) {
    return new GeneratedSource(
        index -> {
          if (index + 1 < failing) {
            return Optional.of(samples.conv(2));
          }
          if (failure instanceof IOException checked) {
            throw checked;
          }
          throw (RuntimeException) failure;
        });
  }

  /** Samples of zeros for the model types; the last value of one has other bits. */
  private static TensorBatch types(int sampleCount, String changed, String bits) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (InferenceSession session = TestModels.open("types")) {
      for (TensorSignature input : session.inputs()) {
        ElementType type = input.elementType();
        int size = type.bitWidth() / Byte.SIZE;
        ByteBuffer bytes =
            ByteBuffer.allocate(2 * sampleCount * size).order(ByteOrder.LITTLE_ENDIAN);
        if (input.name().equals(changed)) {
          bytes.put((2 * sampleCount - 1) * size, HexFormat.of().parseHex(bits));
        }
        tensors.put(input.name(), Tensor.of(type, Shape.of(sampleCount, 2), bytes));
      }
    }
    return TensorBatch.of(tensors);
  }
}
