/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.EngineLoadException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.SizeTPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines, sessions and pools. Needs a GPU, its driver and TensorRT. */
@Tag("gpu")
class EngineGpuTest {

  private static EnginePlan plan;

  @BeforeAll
  static void build() throws IOException {
    plan = FashionMnist.quickBuilder().precision(Precision.FP16).build();
  }

  @Test
  void load_planOfAFile_runsAsThePlanInMemory(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("p.plan");
    plan.write(file);

    try (Engine fromFile = Engine.load(file);
        Engine fromMemory = plan.load();
        ExecutionSession first = fromFile.newSession();
        ExecutionSession second = fromMemory.newSession()) {
      Map<String, Tensor> pictures = FashionMnist.pictures(0, 10);
      assertThat(FashionMnist.logits(first.run(pictures)))
          .containsExactly(FashionMnist.logits(second.run(pictures)));
    }
  }

  /** What TensorRT makes of such a plan is up to it: it may end the process. */
  @Test
  void load_fileChangedBehindTheHeader_isRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("p.plan");
    plan.write(file);
    byte[] changed = plan.bytes();
    changed[changed.length / 2] ^= 1;
    Files.write(file, changed);

    assertThatExceptionOfType(EngineLoadException.class)
        .isThrownBy(() -> Engine.load(file))
        .matches(refusal -> refusal.reason() == Reason.CHANGED);
  }

  @Test
  void inspection_dynamicShapes_tellsTypesAtTheBestOnes() {
    try (Engine engine = plan.load()) {
      EngineInspection inspection = engine.inspection();

      assertThat(inspection.bindings()).containsExactly("input", "logits");
      assertThat(inspection.hasDetails()).isTrue();
      assertThat(inspection.layersByPrecision().keySet())
          .containsAnyOf(LayerPrecision.FP16, LayerPrecision.FP32);
    }
  }

  @Test
  void of_brokenPlans_saysWhatIsWrong() {
    byte[] whole = plan.bytes();
    byte[] other = whole.clone();
    other[25]++;

    assertRefused(Arrays.copyOf(whole, whole.length / 2), Reason.WRONG_SIZE);
    assertRefused(Arrays.copyOf(whole, whole.length + 8), Reason.WRONG_SIZE);
    assertRefused(other, Reason.OTHER_VERSION);
    assertRefused(new byte[100], Reason.NOT_A_PLAN);
    assertRefused(new byte[0], Reason.NOT_A_PLAN);
  }

  @Test
  void run_changingShapesWithAndWithoutCudaGraph_givesTheSameBits() throws IOException {
    try (Engine engine = plan.load();
        ExecutionSession plain = engine.newSession();
        ExecutionSession graph = engine.newSession().withCudaGraph(true)) {
      for (int count : new int[] {1, 1, 1, 7, 7, 7, 100, 100, 100, 3, 1, 1, 1}) {
        Map<String, Tensor> pictures = FashionMnist.pictures(0, count);
        assertThat(FashionMnist.logits(graph.run(pictures)))
            .as("%s pictures", count)
            .hasSize(count * 10)
            .containsExactly(FashionMnist.logits(plain.run(pictures)));
      }
    }
  }

  @Test
  void run_directBuffer_givesTheSameBits() throws IOException {
    Tensor heap = requireNonNull(FashionMnist.pictures(0, 2).get("input"));
    ByteBuffer direct = ByteBuffer.allocateDirect(heap.bytes().remaining());
    direct.put(heap.bytes()).flip();

    try (Engine engine = plan.load();
        ExecutionSession session = engine.newSession()) {
      assertThat(
              FashionMnist.logits(
                  session.run(Map.of("input", Tensor.of(ElementType.FLOAT, heap.shape(), direct)))))
          .containsExactly(FashionMnist.logits(session.run(Map.of("input", heap))));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void run_target_isWrittenWithTheSameBits(boolean isDirect) throws IOException {
    Map<String, Tensor> pictures = FashionMnist.pictures(0, 2);
    ByteBuffer target = isDirect ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
    target.position(3);

    try (Engine engine = plan.load();
        ExecutionSession session = engine.newSession()) {
      Map<String, Tensor> outputs = session.run(pictures, Map.of("logits", target));

      assertThat(outputs).hasToString("{logits=float[2, 10]}");
      assertThat(FashionMnist.logits(outputs))
          .containsExactly(FashionMnist.logits(session.run(pictures)));
      assertThat(target.order(ByteOrder.LITTLE_ENDIAN).getFloat(3))
          .isEqualTo(FashionMnist.logits(outputs)[0]);
    }
  }

  @Test
  void run_targetThatIsTooSmall_isRefusedAndTheSessionGoesOn() throws IOException {
    Map<String, Tensor> pictures = FashionMnist.pictures(0, 2);
    try (Engine engine = plan.load();
        ExecutionSession session = engine.newSession()) {
      assertThatExceptionOfType(EngineOutputException.class)
          .isThrownBy(() -> session.run(pictures, Map.of("logits", ByteBuffer.allocate(79))))
          .withMessage(
              "output 'logits' is given a buffer with 79 bytes remaining, expected at least 80 for"
                  + " float[2, 10]");
      assertThat(FashionMnist.correctCount(session)).isGreaterThan(180);
    }
  }

  @Test
  void close_whileThreadsRun_endsTheirRunsWithAnException() throws Exception {
    Map<String, Tensor> pictures = FashionMnist.pictures(0, 50);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (Engine engine = plan.load()) {
      SessionPool pool = SessionPool.of(engine, 2);
      List<Future<?>> runners = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        runners.add(
            threads.submit(
                () -> {
                  while (true) {
                    pool.run(pictures);
                  }
                }));
      }
      Thread.sleep(100);
      pool.close();
      pool.close();

      for (Future<?> runner : runners) {
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(runner::get)
            .withCauseInstanceOf(IllegalStateException.class)
            .withMessageContaining("session is closed");
      }
      assertThatIllegalStateException().isThrownBy(() -> pool.run(pictures));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void run_shapeOutsideTheProfile_isRefusedAndTheSessionGoesOn() throws IOException {
    try (Engine engine = plan.load();
        ExecutionSession session = engine.newSession()) {
      Tensor large =
          Tensor.of(
              ElementType.FLOAT, Shape.of(101, 1, 32, 32), ByteBuffer.allocate(101 * 32 * 32 * 4));

      assertThatExceptionOfType(EngineInputException.class)
          .isThrownBy(() -> session.run(Map.of("input", large)))
          .withMessage(
              "input 'input' is float[101, 1, 32, 32], expected float from [1, 1, 32, 32] to [100,"
                  + " 1, 32, 32], the optimization profile of the engine");
      assertThat(FashionMnist.correctCount(session)).isGreaterThan(180);
    }
  }

  @Test
  void close_inEveryOrder_isSafe() throws IOException {
    Engine engine = plan.load();
    ExecutionSession session = engine.newSession();

    assertThatIllegalStateException()
        .isThrownBy(engine::close)
        .withMessage("engine has 1 open sessions, close them first");
    session.close();
    session.close();
    Map<String, Tensor> pictures = FashionMnist.pictures(0, 1);
    assertThatIllegalStateException().isThrownBy(() -> session.run(pictures));
    engine.close();
    engine.close();
    assertThatIllegalStateException()
        .isThrownBy(engine::newSession)
        .withMessage("engine is closed");
  }

  @Test
  void pool_fourThreads_giveTheSameBits() throws Exception {
    Map<String, Tensor> pictures = FashionMnist.pictures(0, 50);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Engine engine = plan.load();
        SessionPool pool = SessionPool.of(engine, 3).withCudaGraph(true)) {
      float[] expected = FashionMnist.logits(pool.run(pictures));
      List<Future<float[]>> results = new ArrayList<>();
      for (int run = 0; run < 200; run++) {
        results.add(threads.submit(() -> FashionMnist.logits(pool.run(pictures))));
      }
      for (Future<float[]> result : results) {
        assertThat(result.get()).containsExactly(expected);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void loadRunClose_manyTimes_leavesNothingOnTheGpu() throws IOException {
    byte[] bytes = plan.bytes();
    Map<String, Tensor> pictures = FashionMnist.pictures(0, 8);
    cycles(bytes, pictures, 20);
    long before = freeBytes();

    cycles(bytes, pictures, 100);

    assertThat(before - freeBytes()).isLessThan(4L << 20);
  }

  @Test
  void allocate_moreThanThereIs_isOutOfMemory() {
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(() -> DeviceMemory.allocate(1L << 45))
        .matches(CudaException::isOutOfMemory);
  }

  private static void cycles(byte[] bytes, Map<String, Tensor> pictures, int count) {
    for (int cycle = 0; cycle < count; cycle++) {
      try (Engine engine = Engine.of(bytes);
          ExecutionSession session = engine.newSession().withCudaGraph(cycle % 2 == 0)) {
        session.run(pictures);
        session.run(pictures);
      }
    }
  }

  /** The free memory of the GPU. */
  static long freeBytes() {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      CudaCheck.check(cudart.cudaMemGetInfo(free, total), "asking for free memory");
      return free.get();
    }
  }

  private static void assertRefused(byte[] bytes, Reason reason) {
    assertThatExceptionOfType(EngineLoadException.class)
        .isThrownBy(() -> Engine.of(bytes))
        .matches(refusal -> refusal.reason() == reason, reason.name());
  }
}
