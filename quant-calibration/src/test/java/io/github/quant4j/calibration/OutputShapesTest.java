/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Where a shape is told without running the model, the session is closed or would fail. */
class OutputShapesTest {

  @Test
  void of_namesThatTheInputBinds_needsNoRun() {
    InferenceSession session = TestModels.open("conv");
    OutputShapes shapes = new OutputShapes(session, Set.of("conv", "y"));
    session.close();

    assertThat(shapes.of(Map.of("x", floats(5, 1, 4, 4))))
        .isEqualTo(Map.of("conv", Shape.of(5, 2, 2, 2), "y", Shape.of(5, 3)));
  }

  @Test
  void of_nameThatNoInputBinds_isLearntAndKept() {
    try (InferenceSession session = TestModels.open("expand")) {
      OutputShapes shapes = new OutputShapes(session, Set.of("wide"));

      assertThat(shapes.of(expand(3))).isEqualTo(Map.of("wide", Shape.of(1, 3)));
      assertThat(shapes.of(expand(4))).isEqualTo(Map.of("wide", Shape.of(1, 3)));
    }
  }

  @Test
  void of_manyShapesOfInputs_forgetsTheOneThatWasNotUsedForLongest() {
    try (InferenceSession session = TestModels.open("expand")) {
      OutputShapes shapes = new OutputShapes(session, Set.of("wide"));
      for (int n = 1; n <= 256; n++) {
        shapes.of(expand(n, 3));
      }
      shapes.of(expand(1, 4));
      shapes.of(expand(257, 3));

      assertThat(shapes.of(expand(1, 4))).isEqualTo(Map.of("wide", Shape.of(1, 3)));
      assertThat(shapes.of(expand(2, 4))).isEqualTo(Map.of("wide", Shape.of(2, 4)));
    }
  }

  @Test
  void correct_shapeThatWasLearntAndDoesNotHold_leavesItOpen() {
    try (InferenceSession session = TestModels.open("expand")) {
      OutputShapes shapes = new OutputShapes(session, Set.of("wide"));
      Map<String, Shape> found = shapes.of(expand(3));

      assertThat(shapes.correct(expand(3), found)).isFalse();
      assertThat(shapes.correct(expand(4), found)).isTrue();
      assertThat(shapes.of(expand(3))).isEmpty();
      assertThat(shapes.correct(expand(5), found)).isTrue();
      assertThat(shapes.correct(expand(5), Map.of())).isFalse();
    }
  }

  @Test
  void of_shapesNotAsDeclared_areLearntOnceTheyWereWrong() {
    try (InferenceSession session = TestModels.open("misdeclared")) {
      OutputShapes shapes = new OutputShapes(session, Set.of("swapped", "free"));
      Map<String, Shape> declared = shapes.of(misdeclared(2, 3));

      assertThat(declared).isEqualTo(Map.of("swapped", Shape.of(3, 2), "free", Shape.of()));
      assertThat(shapes.correct(misdeclared(2, 3), declared)).isTrue();
      for (int columns : new int[] {3, 4}) {
        assertThat(shapes.of(misdeclared(2, columns)))
            .isEqualTo(Map.of("swapped", Shape.of(2, columns), "free", Shape.of(2L * columns)));
      }
    }
  }

  @Test
  void of_modelThatFails_passesTheFailureOn() {
    try (InferenceSession session = TestModels.open("expand")) {
      OutputShapes shapes = new OutputShapes(session, Set.of("wide"));

      assertThatThrownBy(() -> shapes.of(expand(1L << 56)))
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith("the model failed on {");
    }
  }

  /** Frames of several threads learn, correct and distrust the shapes of each other. */
  @Test
  void run_manyFramesAtOnce_writesEveryOutputWhole() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (InferenceSession session = TestModels.open("expand")) {
      for (int round = 0; round < 20; round++) {
        OutputShapes shapes = new OutputShapes(session, Set.of("wide"));
        List<Future<?>> runs = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
          int first = thread;
          runs.add(pool.submit(() -> assertFramesAreWhole(session, shapes, first)));
        }
        for (Future<?> run : runs) {
          run.get();
        }
      }
    } finally {
      pool.shutdown();
    }
  }

  private static void assertFramesAreWhole(
      InferenceSession session, OutputShapes shapes, int first) {
    ObservedTensors observed = new ObservedTensors(Set.of(), Set.of("wide"));
    try (BatchFrame frame = new BatchFrame(session, shapes, observed)) {
      for (int width = first; width < first + 8; width++) {
        frame.load(
            TensorBatch.of(
                Map.of(
                    "x", Tensor.ofFloats(Shape.of(1, 1), width),
                    "width", Tensor.ofLongs(Shape.of(1, 1), width % 6))),
            Map.of());
        frame.run();
        FloatBuffer wide = Objects.requireNonNull(frame.values().get("wide"));
        float[] values = new float[wide.remaining()];
        wide.get(values);
        float[] expected = new float[width % 6];
        Arrays.fill(expected, width);
        assertThat(values).containsExactly(expected);
      }
    }
  }

  private static Map<String, DirectTensor> expand(long width) {
    return expand(1, width);
  }

  private static Map<String, DirectTensor> expand(int sampleCount, long width) {
    DirectTensor widths =
        new DirectTensor(ElementType.INT64, Shape.of(sampleCount, 1), direct(8 * sampleCount));
    for (int i = 0; i < sampleCount; i++) {
      widths.bytes().putLong(8 * i, width);
    }
    return inputs("x", floats(sampleCount, 1), "width", widths);
  }

  private static Map<String, DirectTensor> misdeclared(int rows, int columns) {
    ByteBuffer size = direct(8).putLong(0, -1);
    return inputs(
        "x", floats(rows, columns), "size", new DirectTensor(ElementType.INT64, Shape.of(1), size));
  }

  private static Map<String, DirectTensor> inputs(
      String first, DirectTensor one, String second, DirectTensor other) {
    Map<String, DirectTensor> inputs = new LinkedHashMap<>();
    inputs.put(first, one);
    inputs.put(second, other);
    return inputs;
  }

  private static DirectTensor floats(long... dimensions) {
    Shape shape = Shape.of(dimensions);
    return new DirectTensor(ElementType.FLOAT, shape, direct((int) (4 * shape.elementCount())));
  }

  private static ByteBuffer direct(int byteCount) {
    return ByteBuffer.allocateDirect(byteCount).order(ByteOrder.LITTLE_ENDIAN);
  }
}
