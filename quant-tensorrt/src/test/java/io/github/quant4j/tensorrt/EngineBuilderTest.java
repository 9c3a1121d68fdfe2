/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.table.CalibrationTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineBuilderTest {

  private static final EngineBuilder BUILDER = EngineBuilder.of(new byte[] {1});

  @ParameterizedTest
  @ValueSource(ints = {-1, 6})
  void optimizationLevel_outsideOfTensorRts_isRefused(int level) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BUILDER.optimizationLevel(level))
        .withMessage("level is %s, expected 0 to 5", level);
  }

  @Test
  void workspace_ofNothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BUILDER.workspace(0))
        .withMessage("bytes is 0, expected more than 0");
  }

  @Test
  void timingIterations_none_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BUILDER.timingIterations(0))
        .withMessage("count is 0, expected 1 or more");
  }

  @Test
  void options_everyMethod_setsItsOption() {
    EngineBuilder changed =
        BUILDER
            .precision(Precision.INT8)
            .ranges(CalibrationTable.builder().build())
            .profile(ShapeProfile.parse(List.of("x:1")), ShapeProfile.parse(List.of("x:2")))
            .optimizationLevel(4)
            .timingIterations(2)
            .workspace(1)
            .memoryPool(MemoryPool.TACTIC_DRAM, 2)
            .timingCache(Path.of("t"))
            .layerDetails(false)
            .sparsity(true)
            .refit(true)
            .hardwareCompatibility(true)
            .versionCompatibility(true)
            .layerPrecision(new NodePrecision("n", Precision.FP16))
            .precisionConstraint(PrecisionConstraint.OBEY);

    assertThat(OptionsText.of(changed.options()))
        .isEqualTo(
            "INT8 of ranges, profiles [{x=[1]..[1]..[1]}, {x=[2]..[2]..[2]}], optimization level 4,"
                + " 2 timings of every kernel, memory pools {WORKSPACE=1, TACTIC_DRAM=2}, layer precisions OBEY [n=FP16],"
                + " sparsity, refit, hardware compatibility, version compatibility, no layer details");
    assertThat(changed.options().timingCache).isEqualTo(Path.of("t"));
    assertThat(OptionsText.of(BUILDER.stronglyTyped().options())).isEqualTo("strongly typed");
  }

  @Test
  void timingCache_theLastWordCounts() {
    BuildOptions without = BUILDER.timingCache(Path.of("t")).withoutTimingCache().options();
    BuildOptions with = BUILDER.withoutTimingCache().timingCache(Path.of("t")).options();

    assertThat(BUILDER.options().hasTimingCache).isTrue();
    assertThat(without.hasTimingCache).isFalse();
    assertThat(without.timingCache).isNull();
    assertThat(with.hasTimingCache).isTrue();
  }

  @Test
  void check_andCalibrator_areHandedOn() {
    AnswerCheck check = AnswerCheck.against(inputs -> inputs, List.of(Map.of()));
    EngineCalibrator calibrator = EngineCalibrator.ofTable(CalibrationTable.builder().build());

    BuildOptions options = BUILDER.check(check).calibrator(calibrator).options();

    assertThat(options.check).isSameAs(check);
    assertThat(options.calibrator).isSameAs(calibrator);
  }

  @Test
  void build_optionsThatDoNotFit_isRefusedBeforeTensorRtIsLookedFor() {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> BUILDER.precision(Precision.FP16).stronglyTyped().build());
  }

  @Test
  void build_emptyModel_isRefused() {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> EngineBuilder.of(new byte[0]).build())
        .withMessage("model is empty, expected an ONNX model");
  }

  @Test
  void build_modelLargerThanProtobufAllows_isRefusedUnread(@TempDir Path folder)
      throws IOException {
    Path onnx = folder.resolve("large.onnx");
    try (RandomAccessFile file = new RandomAccessFile(onnx.toFile(), "rw")) {
      file.setLength(1L << 31); // takes no room on the disk
    }

    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> EngineBuilder.of(onnx).build())
        .withMessageStartingWith("model 'large.onnx' has 2147483648 bytes, expected at most");
  }

  @Test
  void precision_onOneCopy_isNotOnTheOther() {
    EngineBuilder empty = EngineBuilder.of(new byte[0]);
    empty.precision(Precision.FP16);

    // Were the precision in there, it would be refused before the model.
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> empty.stronglyTyped().build())
        .withMessageContaining("model is empty");
  }

  @Test
  void profiles_ofACopy_areThoseGivenLast() {
    ShapeProfile one = ShapeProfile.parse(List.of("x:1x3"));
    ShapeProfile two = ShapeProfile.parse(List.of("x:2x3"));
    EngineBuilder builder = EngineBuilder.of(new byte[0]);

    assertThat(builder.profile(two, one).profile(one, two).profiles()).containsExactly(one, two);
    assertThat(builder.profiles()).isEmpty();
  }

  @Test
  void build_modelThatIsNotThere_saysSo() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> EngineBuilder.of(Path.of("no-such.onnx")).build());
  }

  @Test
  @Tag("without-natives")
  void build_withoutTensorRt_saysWhatIsMissing() {
    assertThatExceptionOfType(TensorRtUnavailableException.class).isThrownBy(BUILDER::build);
    assertThatExceptionOfType(TensorRtUnavailableException.class)
        .isThrownBy(EngineBuilder::defaultTimingCache);
    assertThatExceptionOfType(TensorRtUnavailableException.class)
        .isThrownBy(TensorRt::capabilities);
    assertThatExceptionOfType(TensorRtUnavailableException.class)
        .isThrownBy(() -> Engine.of(new byte[100]));
  }

  @Test
  void parsing_errorsOfTheParser_areTheMessageInsteadOfTheLog() {
    EngineBuildException failure =
        EngineBuildException.parsing(
            "model 'm.onnx'",
            List.of(new ParserError("dq_3", "DequantizeLinear", "zero point is not 0")),
            List.of(new BuildMessage(Severity.ERROR, "[ModelImporter.cpp] failed\n twice")));

    assertThat(failure)
        .hasMessage(
            "model 'm.onnx' cannot be parsed by TensorRT: DequantizeLinear node 'dq_3': zero point"
                + " is not 0");
    assertThat(failure.parserErrors()).extracting(ParserError::node).containsExactly("dq_3");
    assertThat(failure.errors()).containsExactly("[ModelImporter.cpp] failed twice");
  }

  @ParameterizedTest
  @CsvSource({
    "Error Code 2: OutOfMemory (Requested size was 8 bytes.), true",
    "Error Code 1: Cuda Runtime (out of memory), true",
    "Error Code 10: no implementation, false"
  })
  void building_withoutMemory_saysSo(String error, boolean isOutOfMemory) {
    EngineBuildException failure =
        EngineBuildException.building("model", List.of(new BuildMessage(Severity.ERROR, error)));

    assertThat(failure.isOutOfMemory()).isEqualTo(isOutOfMemory);
    assertThat(String.valueOf(failure.getMessage()).contains("free some or lower workspace"))
        .isEqualTo(isOutOfMemory);
  }

  @Test
  void building_manyErrors_showsTheFirstOfEachAndKeepsAll() {
    List<BuildMessage> log =
        List.of(1, 1, 2, 3, 4, 5, 6).stream()
            .map(number -> new BuildMessage(Severity.ERROR, "e" + number))
            .toList();

    EngineBuildException failure = EngineBuildException.building("model", log);

    assertThat(failure).hasMessage("no engine could be built of model: e1; e2; e3; e4; e5");
    assertThat(failure.errors()).hasSize(log.size());
  }
}
