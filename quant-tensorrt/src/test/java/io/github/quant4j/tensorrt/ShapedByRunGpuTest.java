/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Outputs whose shapes depend on the values of the inputs, in two optimization profiles. Needs a
 * GPU, its driver and TensorRT on Linux.
 */
@Tag("gpu")
class ShapedByRunGpuTest {

  /*
   * import base64; from onnx import helper as h, TensorProto as T
   * v = h.make_tensor_value_info
   * def model(*graph):
   *     print(base64.b64encode(h.make_model(h.make_graph(*graph), ir_version=8,
   *         opset_imports=[h.make_opsetid('', 17)]).SerializeToString()).decode())
   * model([h.make_node('NonZero', ['x'], ['y'])], 'g', [v('x', T.FLOAT, ['n'])], [v('y', T.INT64, [1, 'k'])])
   * model([h.make_node('NonMaxSuppression', ['boxes', 'scores', 'm', 'i'], ['picked'])], 'g',
   *     [v('boxes', T.FLOAT, [1, 6, 4]), v('scores', T.FLOAT, [1, 1, 6])], [v('picked', T.INT64, ['k', 3])],
   *     [h.make_tensor('m', T.INT64, [], [6]), h.make_tensor('i', T.FLOAT, [], [0.5])])
   */
  private static final String NON_ZERO =
      "CAgSADo8Cg8KAXgSAXkiB05vblplcm8SAWdaEAoBeBILCgkIARIFCgMSAW5iFAoBeRIPCg0IBxIJCgIIAQoDEgFrQgQK"
          + "ABAR";

  private static final String NON_MAX_SUPPRESSION =
      "CAgSADqiAQowCgVib3hlcwoGc2NvcmVzCgFtCgFpEgZwaWNrZWQiEU5vbk1heFN1cHByZXNzaW9uEgFnKggQBzoBBkIB"
          + "bSoLEAEiBAAAAD9CAWlaGwoFYm94ZXMSEgoQCAESDAoCCAEKAggGCgIIBFocCgZzY29yZXMSEgoQCAESDAoCCAEKAggB"
          + "CgIIBmIZCgZwaWNrZWQSDwoNCAcSCQoDEgFrCgIIA0IECgAQEQ==";

  private static final int LONG_INPUT = 100_000;

  private static Engine nonZero;

  @BeforeAll
  static void build() throws IOException {
    nonZero =
        EngineBuilder.of(Base64.getDecoder().decode(NON_ZERO))
            .profile(
                ShapeProfile.of("x", Shape.of(1), Shape.of(8), Shape.of(1000)),
                ShapeProfile.of("x", Shape.of(500), Shape.of(LONG_INPUT), Shape.of(LONG_INPUT)))
            .build()
            .load();
  }

  @AfterAll
  static void close() {
    nonZero.close();
  }

  @ParameterizedTest
  @CsvSource({"0, false", "0, true", "1, false"})
  void run_otherCountsInEveryRun_givesAllIndices(int profile, boolean hasGraph) {
    try (ExecutionSession session = nonZero.newSession(profile).withCudaGraph(hasGraph)) {
      for (int size : new int[] {500, 500, 500, 1000, 600}) {
        for (int step : new int[] {7, 1, 0, size + 1}) {
          long[] expected =
              LongStream.range(0, size).filter(i -> step > 0 && i % step == 1 % step).toArray();
          assertThat(indices(session.run(Map.of("x", marked(size, expected)))))
              .as("every %s of %s", step, size)
              .containsExactly(expected);
        }
      }
    }
  }

  @Test
  void profiles_areThoseOfTheBuildAndBoundTheirSessions() {
    assertThat(nonZero.profileCount()).isEqualTo(2);
    assertThat(nonZero.profile(0)).hasToString("{x=[1]..[8]..[1000]}");
    assertThat(nonZero.profile(1)).hasToString("{x=[500]..[100000]..[100000]}");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> nonZero.newSession(2));
    try (ExecutionSession session = nonZero.newSession(1)) {
      assertThatExceptionOfType(EngineInputException.class)
          .isThrownBy(() -> session.run(Map.of("x", marked(400))))
          .withMessageContaining("expected float from [500] to [100000]");
    }
  }

  @Test
  void pool_ofTheSecondProfile_takesItsShapes() {
    try (SessionPool pool = SessionPool.of(nonZero, 2, 1)) {
      assertThat(indices(pool.run(Map.of("x", marked(LONG_INPUT, 0, 99_999)))))
          .containsExactly(0, 99_999);
    }
  }

  @Test
  void run_target_takesTheShapeOfTheRunOrIsRefused() {
    try (ExecutionSession session = nonZero.newSession()) {
      ByteBuffer target = ByteBuffer.allocateDirect(3 * Long.BYTES);
      Map<String, ByteBuffer> targets = Map.of("y", target);

      assertThat(session.run(Map.of("x", marked(9, 4, 8)), targets)).hasToString("{y=int64[1, 2]}");
      assertThat(target.get(Long.BYTES)).isEqualTo((byte) 8);
      assertThatExceptionOfType(EngineOutputException.class)
          .isThrownBy(() -> session.run(Map.of("x", marked(9, 1, 2, 3, 4)), targets))
          .withMessage(
              "output 'y' is given a buffer with 24 bytes remaining, expected at least 32 for"
                  + " int64[1, 4]");
      assertThat(indices(session.run(Map.of("x", marked(9, 5))))).containsExactly(5);
    }
  }

  /*
   * onnxruntime 1.30, CPU, of the model above:
   * boxes = [[0,0,1,1],[0,0,1,1.1],[0,5,1,6],[0,5,1,6.1],[3,3,4,4],[9,9,10,10]]
   * scores [.9,.8,.7,.6,.5,.4] -> 0 2 4 5; [.1,.8,.7,.9,.5,.4] -> 3 1 4 5; all boxes the first -> 0
   */
  @Test
  void run_nonMaxSuppression_picksTheBoxesOfOnnxRuntime() throws IOException {
    float[] boxes = {
      0, 0, 1, 1, 0, 0, 1, 1.1f, 0, 5, 1, 6, 0, 5, 1, 6.1f, 3, 3, 4, 4, 9, 9, 10, 10
    };
    float[] equal = new float[boxes.length];
    IntStream.range(0, equal.length).forEach(i -> equal[i] = boxes[i % 4]);
    try (Engine engine =
            EngineBuilder.of(Base64.getDecoder().decode(NON_MAX_SUPPRESSION)).build().load();
        ExecutionSession session = engine.newSession()) {
      assertThat(picked(session, boxes, .9f, .8f, .7f, .6f, .5f, .4f))
          .containsExactly(0L, 2L, 4L, 5L);
      assertThat(picked(session, equal, .9f, .8f, .7f, .6f, .5f, .4f)).containsExactly(0L);
      assertThat(picked(session, boxes, .1f, .8f, .7f, .9f, .5f, .4f))
          .containsExactly(3L, 1L, 4L, 5L);
    }
  }

  @Test
  void timer_graphWanted_timesRunsAndLayersWithoutOne() {
    // Of the second profile.
    Map<String, Tensor> inputs = Map.of("x", marked(2000, 1, 2, 3));
    EngineTimer timer =
        EngineTimer.create().warmUp(Duration.ofMillis(10)).duration(Duration.ofMillis(50));

    assertThat(timer.time(nonZero, inputs).compute().median()).isPositive();
    assertThat(timer.layers(nonZero, inputs).layers()).isNotEmpty();
  }

  @Test
  void sessions_manyTimes_leaveNothingOnTheGpu() {
    sessions(20);
    long before = EngineGpuTest.freeBytes();

    sessions(100);

    assertThat(before - EngineGpuTest.freeBytes()).isLessThan(4L << 20);
  }

  private static void sessions(int count) {
    for (int index = 0; index < count; index++) {
      try (ExecutionSession session = nonZero.newSession(index % 2)) {
        session.run(Map.of("x", marked(600, 1, 500)));
        session.run(Map.of("x", marked(900, 1)));
      }
    }
  }

  private static Tensor marked(int size, long... indices) {
    float[] values = new float[size];
    Arrays.stream(indices).forEach(index -> values[(int) index] = 1 + index);
    return Tensor.ofFloats(Shape.of(size), values);
  }

  private static long[] indices(Map<String, Tensor> outputs) {
    return longs(requireNonNull(outputs.get("y")));
  }

  private static List<Long> picked(ExecutionSession session, float[] boxes, float... scores) {
    long[] triples =
        longs(
            requireNonNull(
                session
                    .run(
                        Map.of(
                            "boxes", Tensor.ofFloats(Shape.of(1, 6, 4), boxes),
                            "scores", Tensor.ofFloats(Shape.of(1, 1, 6), scores)))
                    .get("picked")));
    List<Long> boxIndices = new ArrayList<>();
    for (int row = 0; row < triples.length; row += 3) {
      boxIndices.add(triples[row + 2]);
    }
    return boxIndices;
  }

  private static long[] longs(Tensor tensor) {
    LongBuffer values = tensor.longs();
    long[] copy = new long[values.remaining()];
    values.get(copy);
    return copy;
  }
}
