/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Needs a GPU, its driver and TensorRT. */
@Tag("gpu")
class EngineBuilderGpuTest {

  /** With ONNX Runtime, see data/models/README.md: 94.5 % of 200. */
  private static final int CORRECT = 189;

  @ParameterizedTest
  @EnumSource(value = Precision.class, mode = Mode.EXCLUDE, names = "INT8")
  void build_floatModel_classifiesAsOnnxRuntimeDoes(Precision precision) throws IOException {
    EnginePlan plan = FashionMnist.quickBuilder().precision(precision).build();

    try (Engine engine = plan.load();
        ExecutionSession session = engine.newSession()) {
      assertThat(FashionMnist.correctCount(session)).isCloseTo(CORRECT, within(1));
      assertThat(engine.inputs()).hasToString("[input float[-1, 1, 32, 32]]");
      assertThat(engine.outputs()).hasToString("[logits float[-1, 10]]");
      assertThat(engine.byteCount()).isEqualTo(plan.byteCount());
    }
    assertThat(plan.tensorRtVersion()).matches("10\\.\\d+\\.\\d+");
    assertThat(plan.buildTime()).isPositive();
    assertThat(plan.device().memoryBytes()).isPositive();
  }

  @Test
  void build_modelInMemoryWithEveryOption_classifiesAsOnnxRuntimeDoes() throws IOException {
    EngineBuilder builder =
        EngineBuilder.of(Files.readAllBytes(FashionMnist.RESNET))
            .profile(FashionMnist.PROFILE)
            .optimizationLevel(1)
            .precision(Precision.FP16)
            .workspace(64L << 20)
            .memoryPool(MemoryPool.TACTIC_DRAM, 1L << 30)
            .sparsity(true)
            .refit(true)
            .hardwareCompatibility(true)
            .layerPrecision(new NodePrecision("/conv1/Conv", Precision.FP32))
            .precisionConstraint(PrecisionConstraint.OBEY);

    try (Engine engine = builder.build().load();
        ExecutionSession session = engine.newSession()) {
      assertThat(FashionMnist.correctCount(session)).isCloseTo(CORRECT, within(1));
    }
  }

  @Test
  void build_stronglyTypedFloatModel_classifiesAsOnnxRuntimeDoes() throws IOException {
    try (Engine engine = FashionMnist.quickBuilder().stronglyTyped().build().load();
        ExecutionSession session = engine.newSession()) {
      assertThat(FashionMnist.correctCount(session)).isCloseTo(CORRECT, within(1));
    }
  }

  @Test
  void build_timingCache_isWrittenAndUsedAgain(@TempDir Path folder) throws IOException {
    Path cache = folder.resolve("new").resolve("timing.cache");
    EngineBuilder builder =
        FashionMnist.quickBuilder()
            .precision(Precision.FP16)
            .optimizationLevel(3)
            .timingCache(cache);

    EnginePlan first = builder.build();
    long firstSize = Files.size(cache);
    EnginePlan second = builder.build();

    assertThat(firstSize).isPositive();
    assertThat(second.buildTime()).isLessThan(first.buildTime());
  }

  @Test
  @ResourceLock(Resources.SYSTEM_PROPERTIES)
  void build_byDefault_sharesTheTimingCacheOfTheGpuAndNotWithout(@TempDir Path folder)
      throws IOException {
    EngineBuilder builder =
        FashionMnist.quickBuilder().precision(Precision.FP16).optimizationLevel(3);
    System.setProperty(EngineBuilder.CACHE_FOLDER_PROPERTY, folder.toString());
    try {
      builder.withoutTimingCache().build();
      assertThat(folder).isEmptyDirectory();

      EnginePlan first = builder.build();
      EnginePlan second = builder.build();

      assertThat(EngineBuilder.defaultTimingCache()).hasParent(folder).isNotEmptyFile();
      assertThat(second.buildTime()).isLessThan(first.buildTime());
    } finally {
      System.clearProperty(EngineBuilder.CACHE_FOLDER_PROPERTY);
    }
  }

  @Test
  void build_withoutLayerDetails_tellsNone() throws IOException {
    try (Engine engine = FashionMnist.quickBuilder().layerDetails(false).build().load()) {
      assertThat(engine.inspection().hasDetails()).isFalse();
    }
  }

  @Test
  void build_brokenTimingCache_isReplaced(@TempDir Path folder) throws IOException {
    Path cache = folder.resolve("timing.cache");
    Files.write(cache, new byte[] {1, 2, 3});

    FashionMnist.quickBuilder().timingCache(cache).build();

    assertThat(cache).isRegularFile();
    assertThat(Files.size(cache)).isGreaterThan(3);
  }

  @Test
  void build_versionCompatible_isLoadedWhereItIsTrusted(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("v.plan");
    try {
      FashionMnist.quickBuilder().versionCompatibility(true).build().write(file);
    } catch (EngineBuildException e) {
      // Such plans hold TensorRT's lean runtime, which not every installation has.
      assumeThat(e).hasMessageNotContaining("libnvinfer_lean");
      throw e;
    }

    try (Engine engine = Engine.loadTrusted(file)) {
      assertThat(engine.inputs()).hasSize(1);
    }
    assertThatExceptionOfType(EngineLoadException.class).isThrownBy(() -> Engine.load(file));
  }

  @Test
  void build_modelCutShort_saysSo() throws IOException {
    byte[] onnx = Files.readAllBytes(FashionMnist.RESNET);

    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> EngineBuilder.of(Arrays.copyOf(onnx, onnx.length / 2)).build())
        .withMessageStartingWith("model cannot be parsed by TensorRT: ");
  }

  @Test
  void build_dynamicInputWithoutProfile_namesIt() {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> EngineBuilder.of(FashionMnist.RESNET).build())
        .withMessageStartingWith("input 'input' has dynamic axes [-1, 1, 32, 32]");
  }

  @Test
  void build_rangesOfAnotherModel_isRefused() {
    CalibrationTable ranges =
        CalibrationTable.builder()
            .put("nobody", TensorCalibration.of(new ValueRange(-1, 1)))
            .build();

    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(
            () -> FashionMnist.quickBuilder().precision(Precision.INT8).ranges(ranges).build())
        .withMessageStartingWith("none of the 1 ranges names a tensor of the network");
  }
}
