/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of {@code quant build} is decided without a GPU, which these tests are kept away from. */
class BuildCommandTest {
  private static final String SHAPES = "--shapes=input:1x1x32x32,8x1x32x32,64x1x32x32";

  private QuantizeFixture given;

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--calibrator=minmax | --calibrator needs samples; give them with --data=SOURCE",
        "--data=x.npy | --data is for a calibrator",
        "--cache=f | --cache keeps what a calibrator finds",
        "--calibrator=minmax --data=x.npy --table=t | --calibrator and --table both give ranges",
        "--precision=int8 | --precision int8 of a float model needs ranges",
        "--precision=fp16 --table=t | found --precision fp16",
        "--strongly-typed --precision=fp16 | remove --precision",
        "--strongly-typed --table=t | --strongly-typed takes no ranges",
        "--timing-cache=c --no-timing-cache | exclude one another",
        "--check=x.npy --no-check | --check and --no-check exclude one another",
        "--min-sqnr=10 --no-check | --min-sqnr and --no-check exclude one another",
        "--precision=fp8 | expected fp32 or tf32 or fp16 or bf16 or int8, found 'fp8'",
        "--calibrator=mean | expected entropy2 or minmax or entropy, found 'mean'",
        "--level=6 | expected a number from 0 to 5, found '6'",
        "--workspace=0 | expected a whole number from 1",
        "--shapes=input | profile is 'input', expected NAME:MIN,OPT,MAX",
        "--shapes=input:2,1,3 | expected one rank and growing sizes",
      })
  void build_wrongOptions_areRefused(String options, String expected) {
    given.assertWrongUsage(
        CommandRun.of(arguments(Arrays.asList((options + " " + SHAPES).split(" ")))), expected);
  }

  @Test
  void build_unknownAxesWithoutShapes_areRefusedByName() {
    given.assertWrongUsage(
        CommandRun.of(arguments(List.of())),
        "input 'input' float[batch, 1, 32, 32] has axes of unknown size",
        "--shapes input:MIN,OPT,MAX",
        "--batch");
  }

  @Test
  void build_outputEqualToModelOrSamples_isRefused() {
    given.assertWrongUsage(
        CommandRun.of("build", given.model(), "-o", given.model(), SHAPES),
        "is the same file as the model");
    given.assertWrongUsage(
        CommandRun.of(
            "build", given.model(), "-o", given.samples(), "--check", given.samples(), SHAPES),
        "is the same file as another file of this command");
  }

  @ParameterizedTest
  @CsvSource({
    "--table=t.json, remove --calibrator or --table",
    "--precision=fp16, expected int8 or --strongly-typed",
  })
  void build_quantizedModelWithOtherPrecision_isRefused(String option, String expected)
      throws IOException {
    given.quantize();
    Path int8 = Files.move(given.output(), given.file("quantized.onnx"));

    given.assertWrongUsage(
        CommandRun.of("build", int8, "-o", given.output(), SHAPES, option),
        "the model has Q/DQ pairs",
        expected);
  }

  @ParameterizedTest
  @Tag("without-natives")
  @CsvSource({"''", "--batch=8", "--precision=fp32", "--calibrator=entropy2 --data=SAMPLES"})
  void build_withoutAGpu_isOneLineThatNamesWhatIsMissing(String options) {
    String filled = (SHAPES + " " + options).replace("SAMPLES", given.samples().toString());

    given.assertFailed(
        CommandRun.of(arguments(Arrays.asList(filled.strip().split(" ")))),
        "TensorRT is not available: system property 'quant4j.tensorrt.disabled' is 'true';");
  }

  @Test
  void build_missingModel_isNamedBeforeTensorRtIsAskedFor() {
    given.assertFailed(
        CommandRun.of("build", given.file("missing.onnx"), "-o", given.output()), "missing.onnx");
  }

  @Test
  void build_tableThatIsNone_isNamedBeforeTensorRtIsAskedFor() throws IOException {
    Path table = Files.writeString(given.file("table.json"), "{");

    given.assertFailed(CommandRun.of(arguments(List.of("--table=" + table, SHAPES))), "table.json");
  }

  private Object[] arguments(List<String> options) {
    List<Object> arguments = new ArrayList<>(List.of("build", given.model()));
    arguments.addAll(List.of("-o", given.output()));
    arguments.addAll(options);
    return arguments.toArray();
  }
}
