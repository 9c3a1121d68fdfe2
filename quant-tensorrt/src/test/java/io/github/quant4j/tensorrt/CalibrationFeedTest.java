/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CalibrationFeedTest {

  private static final String HEADER = "TRT-100600-MinMaxCalibration\n";

  private final HeapCalibrationBuffers buffers = new HeapCalibrationBuffers();
  private final Path folder;

  CalibrationFeedTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void next_batchesOfDifferentSizes_areCutToTheFirstAndFilledUpFromTheOneBefore()
      throws IOException {
    CalibrationFeed feed = feed(input(-1), samples(1, 2, 3), samples(4), samples(5, 6, 7, 8));

    assertThat(feed.shapes()).containsExactly(Map.entry("x", Shape.of(3, 2)));
    assertThat(feed.batchSize()).isEqualTo(3);
    assertThat(drain(feed))
        .containsExactly(List.of(1f, 2f, 3f), List.of(4f, 5f, 6f), List.of(7f, 8f, 6f));
  }

  @Test
  void next_modelOfFixedBatchSize_isItsSizeWithSamplesRepeatedWhereTheyAreFewer()
      throws IOException {
    CalibrationFeed feed = feed(input(5), samples(1), samples(2));

    assertThat(drain(feed)).containsExactly(List.of(1f, 2f, 1f, 2f, 1f));
  }

  @Test
  void next_emptyBatches_arePassedOver() throws IOException {
    TensorBatch empty = TensorBatch.of(Map.of("x", Tensor.ofFloats(Shape.of(0, 2), new float[0])));

    assertThat(drain(feed(input(-1), empty, samples(1, 2), empty, samples(3, 4))))
        .containsExactly(List.of(1f, 2f), List.of(3f, 4f));
  }

  @Test
  void next_severalInputs_areStagedByName() throws IOException {
    TensorBatch batch =
        TensorBatch.of(
            Map.of(
                "b", Tensor.ofFloats(Shape.of(2), 7, 8),
                "a", Tensor.ofFloats(Shape.of(2, 1), 1, 2)));
    CalibrationFeed feed =
        open(
            recipe(CalibrationSource.of(List.of(batch))),
            new EngineTensor("a", ElementType.FLOAT, List.of(-1L, 1L)),
            new EngineTensor("b", ElementType.FLOAT, List.of(-1L)));

    assertThat(feed.next()).isTrue();
    assertThat(feed.next()).isFalse();
    assertThat(buffers.sent).containsExactly(Map.of("a", List.of(1f, 2f), "b", List.of(7f, 8f)));
  }

  @Test
  void open_sourceReadBefore_isRewound() throws IOException {
    CalibrationSource source = CalibrationSource.of(List.of(samples(1), samples(2)));
    drain(open(recipe(source), input(-1)));

    assertThat(drain(open(recipe(source), input(-1)))).hasSize(4);
  }

  @Test
  void open_sourceWithoutSamples_saysSo() {
    assertThatExceptionOfType(EngineCalibrationException.class)
        .isThrownBy(() -> feed(input(-1)))
        .withMessageContaining("has no samples, expected at least one");
  }

  @ParameterizedTest
  @MethodSource
  void open_batchThatDoesNotFit_saysWhy(Map<String, Tensor> batch, String reason) {
    assertThatExceptionOfType(EngineCalibrationException.class)
        .isThrownBy(() -> feed(input(-1), TensorBatch.of(batch)))
        .withMessageStartingWith("calibration batch 1 ")
        .withMessageContaining(reason)
        .satisfies(e -> assertThat(e.batchNumber()).isOne());
  }

  static Stream<Arguments> open_batchThatDoesNotFit_saysWhy() {
    Tensor fitting = Tensor.ofFloats(Shape.of(1, 2), 1, 2);
    return Stream.of(
        Arguments.of(Map.of("y", fitting), "tensor 'y', expected the inputs [x]"),
        Arguments.of(Map.of("x", Tensor.ofInts(Shape.of(1, 2), 1, 2)), "has int32[1, 2] for"),
        Arguments.of(Map.of("x", Tensor.ofFloats(Shape.of(1, 3), 1, 2, 3)), "expected float"),
        Arguments.of(Map.of("x", Tensor.ofFloats(Shape.of(2), 1, 2)), "has float[2] for input"),
        Arguments.of(nonFinite(Float.NaN), "at element 1, expected finite"),
        Arguments.of(nonFinite(Float.NEGATIVE_INFINITY), "at element 1, expected finite"));
  }

  @Test
  void open_batchWithoutOneOfTheInputs_namesIt() {
    EngineTensor other = new EngineTensor("y", ElementType.FLOAT, List.of(-1L));

    assertThatExceptionOfType(EngineCalibrationException.class)
        .isThrownBy(() -> open(recipe(CalibrationSource.of(List.of(samples(1)))), input(-1), other))
        .withMessageContaining("has no tensor for input 'y', found [x]");
  }

  @Test
  void open_inputsOfTwoFixedBatchSizes_isRefused() {
    EngineTensor other = new EngineTensor("y", ElementType.FLOAT, List.of(3L));
    TensorBatch batch =
        TensorBatch.of(
            Map.of(
                "x", Tensor.ofFloats(Shape.of(1, 2), 1, 1), "y", Tensor.ofFloats(Shape.of(1), 1)));

    assertThatExceptionOfType(EngineCalibrationException.class)
        .isThrownBy(() -> open(recipe(CalibrationSource.of(List.of(batch))), input(2), other))
        .withMessageContaining("sizes [2, 3], expected one batch size");
  }

  @ParameterizedTest
  @MethodSource
  void attempt_sourceThrowsInBatch3_answersNoMoreAndVerifyThrowsWithTheNumber(
      RuntimeException thrown, Class<?> cause) throws IOException {
    CalibrationFeed feed = open(recipe(failing(3, thrown)), input(-1));

    assertThat(feed.attempt(feed::next, false)).isTrue();
    assertThat(feed.attempt(feed::next, false)).isTrue();
    feed.verify();
    assertThat(feed.attempt(feed::next, false)).isFalse();
    assertThat(feed.attempt(() -> true, false)).isFalse();
    EngineCalibrationException failure =
        catchThrowableOfType(EngineCalibrationException.class, feed::verify);
    assertThat(failure).hasMessageContaining("calibration batch 3").hasMessageContaining("broken");
    assertThat(failure.batchNumber()).isEqualTo(3);
    assertThat(failure.getCause()).isInstanceOf(cause);
  }

  static Stream<Arguments>
      attempt_sourceThrowsInBatch3_answersNoMoreAndVerifyThrowsWithTheNumber() {
    return Stream.of(
        Arguments.of(new IllegalStateException("broken"), RuntimeException.class),
        Arguments.of(new UncheckedIOException(new IOException("broken")), IOException.class));
  }

  @Test
  void attempt_error_isThrownAsItIs() throws IOException {
    CalibrationFeed feed = feed(input(-1), samples(1));
    Error error = new StackOverflowError();

    boolean answer =
        feed.attempt(
            () -> {
              throw error;
            },
            false);

    assertThat(answer).isFalse();
    assertThatThrownBy(feed::verify).isSameAs(error);
  }

  @Test
  void attempt_otherFailure_isThrownWithItsCause() throws IOException {
    CalibrationFeed feed = feed(input(-1), samples(1));
    IllegalStateException thrown = new IllegalStateException("bug");

    feed.attempt(
        () -> {
          throw thrown;
        },
        false);

    assertThatThrownBy(feed::verify)
        .isInstanceOf(EngineCalibrationException.class)
        .hasMessage("model could not be calibrated: bug")
        .hasCause(thrown);
  }

  @Test
  void cache_storedByABuild_sparesTheNextOneItsSamples() throws IOException {
    Path file = folder.resolve("cache");
    CalibrationFeed writing = open(recipe(samplesOnce()).withCache(file), input(-1));
    assertThat(writing.cache()).isEmpty();
    writing.store(bytes(HEADER + "x: 3c010204\n"));

    CalibrationFeed reading =
        open(
            recipe(failing(1, new IllegalStateException("source is read"))).withCache(file),
            input(-1));

    assertThat(reading.cache()).isEqualTo(bytes(HEADER + "x: 3c010204\n"));
    assertThat(reading.shapes()).isEmpty();
    assertThat(reading.batchSize()).isOne();
  }

  @Test
  void store_whatWasRead_isNotWrittenAgain() throws IOException {
    Path file = Files.writeString(folder.resolve("cache"), HEADER + "x: 3c010204\n");
    CalibrationFeed feed = open(recipe(samplesOnce()).withCache(file), input(-1));

    feed.store(feed.cache());

    assertThat(folder)
        .isDirectoryContaining("glob:**cache")
        .isDirectoryNotContaining("glob:**.model");
  }

  @Test
  void next_cacheThatTensorRtDoesNotTake_saysToDeleteIt() throws IOException {
    Path file = Files.writeString(folder.resolve("cache"), HEADER + "x: 3c010204\n");
    CalibrationFeed feed = open(recipe(samplesOnce()).withCache(file), input(-1));

    assertThat(feed.attempt(feed::next, false)).isFalse();
    assertThatThrownBy(feed::verify).hasMessageContaining("delete '" + file + "'");
  }

  @Test
  void cache_ofTable_holdsItsScalesUnderTheHeaderOfThisTensorRt() throws IOException {
    CalibrationFeed feed =
        open(CalibrationRecipe.of(EngineCalibrator.ofTable(table("x"))), input(-1));

    assertThat(feed.cache()).isEqualTo(bytes(HEADER + "x: 3c810204\n"));
    assertThat(feed.attempt(feed::next, false)).isFalse();
    assertThatThrownBy(feed::verify).hasMessageContaining("expected a table of this model");
  }

  @Test
  void open_tableOfAnotherModel_isRefused() {
    CalibrationRecipe recipe = CalibrationRecipe.of(EngineCalibrator.ofTable(table("other")));

    assertThatExceptionOfType(EngineCalibrationException.class)
        .isThrownBy(() -> open(recipe, input(-1)))
        .withMessageContaining("none of the 1 ranges");
  }

  @Test
  void close_freesTheBuffers() throws IOException {
    feed(input(-1), samples(1)).close();

    assertThat(buffers.isClosed).isTrue();
  }

  @Test
  void recipe_ofEveryCalibrator_hasItsAlgorithmSourceAndCache() {
    CalibrationSource source = samplesOnce();
    Path file = folder.resolve("cache");

    assertThat(
            Stream.of(
                    DatasetEntropyCalibrator2.of(source),
                    DatasetMinMaxCalibrator.of(source),
                    DatasetEntropyCalibrator.of(source))
                .map(CalibrationRecipe::of))
        .containsExactly(
            CalibrationRecipe.of(CalibrationAlgorithm.ENTROPY_2, source),
            CalibrationRecipe.of(CalibrationAlgorithm.MIN_MAX, source),
            CalibrationRecipe.of(CalibrationAlgorithm.ENTROPY, source));
    assertThat(
            Stream.of(
                    DatasetEntropyCalibrator2.of(source, file),
                    DatasetMinMaxCalibrator.of(source, file),
                    DatasetEntropyCalibrator.of(source, file))
                .map(calibrator -> CalibrationRecipe.of(calibrator).cache()))
        .containsOnly(file);
  }

  private CalibrationFeed feed(EngineTensor input, TensorBatch... batches) throws IOException {
    return open(recipe(CalibrationSource.of(List.of(batches))), input);
  }

  private CalibrationFeed open(CalibrationRecipe recipe, EngineTensor... inputs)
      throws IOException {
    return CalibrationFeed.open(
        recipe,
        new CalibrationTarget("sha256:1", List.of(inputs), Set.of("x", "y"), 100600),
        buffers::allocate);
  }

  /** The first of the two equal values of every sample, batch by batch. */
  private List<List<Float>> drain(CalibrationFeed feed) throws IOException {
    while (feed.next()) {
      // The buffers keep what they were sent.
    }
    List<List<Float>> batches = new ArrayList<>();
    for (Map<String, List<Float>> batch : buffers.sent) {
      List<Float> values = batch.getOrDefault("x", List.of());
      List<Float> samples = new ArrayList<>();
      for (int sample = 0; sample < values.size(); sample += 2) {
        assertThat(values.get(sample + 1)).isEqualTo(values.get(sample));
        samples.add(values.get(sample));
      }
      batches.add(samples);
    }
    return batches;
  }

  private static CalibrationRecipe recipe(CalibrationSource source) {
    return CalibrationRecipe.of(CalibrationAlgorithm.MIN_MAX, source);
  }

  private static EngineTensor input(long batchSize) {
    return new EngineTensor("x", ElementType.FLOAT, List.of(batchSize, 2L));
  }

  private static TensorBatch samples(float... samples) {
    float[] values = new float[samples.length * 2];
    for (int index = 0; index < values.length; index++) {
      values[index] = samples[index / 2];
    }
    return TensorBatch.of(Map.of("x", Tensor.ofFloats(Shape.of(samples.length, 2), values)));
  }

  private static CalibrationSource samplesOnce() {
    return CalibrationSource.of(List.of(samples(1)));
  }

  /** Batches of one sample until one throws. */
  private static CalibrationSource failing(int number, RuntimeException thrown) {
    return CalibrationSource.of(
        new Iterator<TensorBatch>() {
          private int count;

          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public TensorBatch next() {
            count++;
            if (count == number) {
              throw thrown;
            }
            return samples(count);
          }
        });
  }

  private static Map<String, Tensor> nonFinite(float value) {
    return Map.of("x", Tensor.ofFloats(Shape.of(1, 2), 1, value));
  }

  private static CalibrationTable table(String tensor) {
    return CalibrationTable.builder()
        .put(tensor, TensorCalibration.of(new ValueRange(-1, 2)))
        .build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
