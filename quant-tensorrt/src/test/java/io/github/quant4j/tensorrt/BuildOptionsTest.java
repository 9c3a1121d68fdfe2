/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.table.CalibrationTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BuildOptionsTest {

  private static final CalibrationTable RANGES = CalibrationTable.builder().build();

  @ParameterizedTest
  @MethodSource
  void typing_isInTheTextAndSetsTheLimitOfACheck(
      Consumer<BuildOptions> change, boolean isQuantized, String text, double sqnr) {
    BuildOptions options = new BuildOptions().with(change);

    assertThat(OptionsText.of(options)).isEqualTo(text);
    assertThat(options.minimumSqnr(isQuantized)).isEqualTo(sqnr);
  }

  static Stream<Arguments> typing_isInTheTextAndSetsTheLimitOfACheck() {
    return Stream.of(
        of(o -> {}, false, "FP32", 40),
        of(o -> o.precision = Precision.TF32, false, "TF32", 20),
        of(o -> o.precision = Precision.FP16, false, "FP16", 20),
        of(o -> o.isStronglyTyped = true, false, "strongly typed", 20),
        of(o -> o.isStronglyTyped = true, true, "strongly typed", 10),
        of(o -> o.precision = Precision.INT8, true, "INT8 of Q/DQ pairs", 10),
        of(
            o -> {
              o.precision = Precision.INT8;
              o.ranges = RANGES;
            },
            false,
            "INT8 of ranges",
            5),
        of(
            o -> {
              o.precision = Precision.INT8;
              o.calibrator = EngineCalibrator.ofTable(RANGES);
            },
            false,
            "INT8 of TableCalibrator",
            5),
        of(
            o -> o.layerPrecisions = List.of(new NodePrecision("a", Precision.FP16)),
            false,
            "FP32, layer precisions PREFER [a=FP16]",
            20));
  }

  @Test
  void text_everyOption_isNamed() {
    BuildOptions options =
        new BuildOptions()
            .with(
                o -> {
                  o.profiles = List.of(ShapeProfile.parse(List.of("x:1,2,3")));
                  o.optimizationLevel = 5;
                  o.timingIterations = 8;
                  o.limit(MemoryPool.TACTIC_DRAM, 2);
                  o.limit(MemoryPool.WORKSPACE, 1);
                  o.isSparse = true;
                  o.isRefittable = true;
                  o.isHardwareCompatible = true;
                  o.isVersionCompatible = true;
                  o.hasLayerDetails = false;
                  o.hasTimingCache = false;
                });

    assertThat(OptionsText.of(options))
        .isEqualTo(
            "FP32, profiles [{x=[1]..[2]..[3]}], optimization level 5, 8 timings of every"
                + " kernel, memory pools {WORKSPACE=1, TACTIC_DRAM=2}, sparsity, refit, hardware compatibility, version"
                + " compatibility, no layer details, no timing cache");
  }

  @Test
  void with_changedCopy_keepsAllOtherOptions() {
    BuildOptions options =
        new BuildOptions()
            .with(
                o -> {
                  o.timingCache = Path.of("t");
                  o.hasTimingCache = false;
                  o.limit(MemoryPool.WORKSPACE, 1);
                  o.check = AnswerCheck.against(inputs -> inputs, List.of(Map.of()));
                });
    BuildOptions copy = options.with(o -> o.limit(MemoryPool.WORKSPACE, 2));

    assertThat(copy.memoryPools).containsEntry(MemoryPool.WORKSPACE, 2L);
    assertThat(options.memoryPools).containsEntry(MemoryPool.WORKSPACE, 1L);
    assertThat(copy).usingRecursiveComparison().ignoringFields("memoryPools").isEqualTo(options);
  }

  private static Arguments of(
      Consumer<BuildOptions> change, boolean isQuantized, String text, double sqnr) {
    return Arguments.of(change, isQuantized, text, sqnr);
  }
}
