/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class InferencePipelineTest {

  /** Its output is [2, 2] whatever the batch, so that it fails on all batches but those of two. */
  private final InferenceSession session = TestModels.open("reshape");

  private final ObservedTensors observed = new ObservedTensors(Set.of("x"), Set.of("y"));
  private final List<BatchFrame> frames = new ArrayList<>();

  @AfterEach
  void close() {
    frames.forEach(BatchFrame::close);
    session.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void next_anyParallelism_handsOverInOrderAndReadsNoFurtherThanFrames(int parallelBatches)
      throws IOException {
    GeneratedSource source = source(9, -1);
    try (InferencePipeline pipeline = pipeline(source, parallelBatches)) {
      for (int index = 0; index < 9; index++) {
        BatchFrame frame = pipeline.next().orElseThrow();
        assertThat(source.batchCount()).isEqualTo(Math.min(10, index + parallelBatches + 1));
        assertThat(first(frame, "x")).isEqualTo(first(frame, "y")).isEqualTo(index);
        assertThat(frame.sampleCount()).isEqualTo(2);
        pipeline.release(frame);
      }
      assertThat(pipeline.next()).isEmpty();
      assertThat(pipeline.next()).isEmpty();
      assertThat(source.batchCount()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void next_sourceThatFails_isTheLastToBeTold(int parallelBatches) throws IOException {
    IOException failure = new IOException("gone");
    GeneratedSource source =
        new GeneratedSource(
            index -> {
              if (index == 4) {
                throw failure;
              }
              return Optional.of(batch(index, 2));
            });
    try (InferencePipeline pipeline = pipeline(source, parallelBatches)) {
      for (int index = 0; index < 4; index++) {
        pipeline.release(pipeline.next().orElseThrow());
      }
      assertThatThrownBy(pipeline::next).isSameAs(failure);
      assertThatThrownBy(pipeline::next).isSameAs(failure);
      assertThat(source.batchCount()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void next_modelThatFails_isToldInItsTurn(int parallelBatches) throws IOException {
    try (InferencePipeline pipeline = pipeline(source(9, 3), parallelBatches)) {
      for (int index = 0; index < 3; index++) {
        BatchFrame frame = pipeline.next().orElseThrow();
        assertThat(first(frame, "y")).isEqualTo(index);
        pipeline.release(frame);
      }
      for (int again = 0; again < 2; again++) {
        assertThatThrownBy(pipeline::next)
            .isInstanceOf(CalibrationException.class)
            .hasMessageStartingWith("the model failed on {x=float[3, 2]}; ONNX Runtime says: ");
      }
    }
  }

  @Test
  void next_interrupted_goesOnAndStaysInterrupted() throws IOException {
    Executor starting = task -> new Thread(task).start();
    try (InferencePipeline pipeline =
        new InferencePipeline(source(50, -1), loader(), frames(4), WorkerThreads.of(starting, 4))) {
      for (int index = 0; index < 50; index++) {
        Thread.currentThread().interrupt();
        BatchFrame frame = pipeline.next().orElseThrow();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(first(frame, "y")).isEqualTo(index);
        pipeline.release(frame);
      }
    }
  }

  /** The helper has taken its batches from the queue but not begun them when all is closed. */
  @Test
  void close_batchesNotBegun_areNeverRun() throws IOException {
    List<Runnable> late = new ArrayList<>();
    BatchFrame first;
    try (InferencePipeline pipeline =
        new InferencePipeline(source(9, -1), loader(), frames(3), WorkerThreads.of(late::add, 9))) {
      first = pipeline.next().orElseThrow();
      assertThat(first(first, "y")).isZero();
    }
    frames.forEach(BatchFrame::close);
    session.close();
    late.forEach(Runnable::run);

    assertThat(late).hasSize(3);
    assertThat(frames.stream().filter(frame -> frame.values().containsKey("y")))
        .containsExactly(first);
  }

  @Test
  void next_valuesOfTheSource_areCopied() throws IOException {
    Tensor reused = Tensor.ofFloats(Shape.of(2, 2), 1f, 2f, 3f, 4f);
    TensorBatch batch = TensorBatch.of(Map.of("x", reused));
    List<Float> seen = new ArrayList<>();
    CalibrationSource source = CalibrationSource.of(List.of(batch, batch));
    try (InferencePipeline pipeline = pipeline(source, 1)) {
      BatchFrame one = pipeline.next().orElseThrow();
      BatchFrame other = pipeline.next().orElseThrow();
      assertThat(pipeline.next()).isEmpty();
      floats(one, "x").put(0, 9f);
      Stream.of(one, other).forEach(frame -> seen.add(first(frame, "x")));
    }

    assertThat(seen).containsExactly(9f, 1f);
    assertThat(reused.floats().get(0)).isEqualTo(1f);
  }

  private InferencePipeline pipeline(CalibrationSource source, int parallelBatches) {
    return new InferencePipeline(
        source,
        loader(),
        frames(parallelBatches + 1),
        WorkerThreads.start("inference", parallelBatches - 1));
  }

  private BatchLoader loader() {
    return new BatchLoader(session, Map.of(), NonFinitePolicy.ERROR);
  }

  private List<BatchFrame> frames(int count) {
    OutputShapes shapes = new OutputShapes(session, observed.outputs());
    IntStream.range(0, count)
        .forEach(frame -> frames.add(new BatchFrame(session, shapes, observed)));
    return frames;
  }

  /** Batches of two samples, all of whose values are their index; one of three for the model. */
  private static GeneratedSource source(int batchCount, int failing) {
    return new GeneratedSource(
        index ->
            index < batchCount
                ? Optional.of(batch(index, index == failing ? 3 : 2))
                : Optional.empty());
  }

  private static TensorBatch batch(int index, int sampleCount) {
    float[] values = new float[2 * sampleCount];
    Arrays.fill(values, index);
    return TestModels.batch("x", Shape.of(sampleCount, 2), values);
  }

  private static float first(BatchFrame frame, String tensor) {
    return floats(frame, tensor).get(0);
  }

  private static FloatBuffer floats(BatchFrame frame, String tensor) {
    return Objects.requireNonNull(frame.values().get(tensor), tensor);
  }
}
