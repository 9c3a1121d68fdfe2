/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelLayout;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each wrong command line ends in one line and exit code 2, and no file is touched. */
class WrongUsageTest {
  private QuantizeFixture given;

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
  }

  @Test
  void quantize_outputEqualToInput_isRefused() throws IOException {
    given.assertWrongUsage(
        given.quantizeTo(given.model()),
        "output \"" + given.model() + "\" is the same file as the model",
        "expected another path");
  }

  @Test
  void quantize_outputEqualToInputByAnotherPath_isRefused() throws IOException {
    Path output = Files.createDirectory(given.file("sub")).resolve("../model.onnx");

    given.assertWrongUsage(
        given.quantizeTo(output), "output \"" + output + "\" is the same file as the model");
  }

  @Test
  void quantize_outputEqualToInputBySymbolicLink_isRefused() throws IOException {
    Path link = Files.createSymbolicLink(given.file("link.onnx"), given.model());

    given.assertWrongUsage(
        given.quantizeTo(link), "output \"" + link + "\" is the same file as the model");
  }

  @Test
  void quantize_outputEqualToMissingInput_isRefused() {
    Path missing = given.file("missing.onnx");

    given.assertWrongUsage(
        CommandRun.of("quantize", missing, "--data", given.samples(), "-o", missing),
        "is the same file as the model");
  }

  @Test
  void quantize_outputEqualToSamples_isRefused() throws IOException {
    given.assertWrongUsage(
        given.quantizeTo(given.samples()),
        "is the same file as the samples \"" + given.samples() + "\"");
  }

  @Test
  void quantize_unknownOption_isRefused() throws IOException {
    given.assertWrongUsage(
        given.quantize("--sampels=3"),
        "unknown option: '--sampels=3'",
        "did you mean --samples?",
        "see \"quant quantize --help\"");
  }

  @Test
  void quantize_withoutOutput_isRefused() {
    given.assertWrongUsage(
        CommandRun.of("quantize", given.model(), "--data", given.samples()),
        "missing required option: '--output=OUT.onnx'");
  }

  @Test
  void quantize_withoutSamplesAndTable_isRefused() {
    given.assertWrongUsage(
        CommandRun.of("quantize", given.model(), "-o", given.output()),
        "no ranges to quantize with",
        "--data=SOURCE",
        "--table=TABLE");
  }

  @Test
  void quantize_withoutModel_isRefused() {
    given.assertWrongUsage(
        CommandRun.of("quantize", "--data", given.samples(), "-o", given.output()),
        "missing required parameter: 'MODEL.onnx'");
  }

  @ParameterizedTest
  @CsvSource({
    "--samples, 0",
    "--samples, many",
    "--batch, -1",
    "--batch, 3000000000",
    "--threads, 1.5",
  })
  void quantize_badNumber_isRefused(String option, String number) throws IOException {
    given.assertWrongUsage(
        given.quantize(option, number),
        option,
        "expected a whole number from 1",
        "found '" + number + "'");
  }

  @Test
  void quantize_unknownMethod_isRefused() throws IOException {
    given.assertWrongUsage(
        given.quantize("--method", "magic"),
        "--method",
        "expected minmax or percentile or entropy or mse, found 'magic'");
  }

  @Test
  void quantize_percentileOfAnotherMethod_isRefused() throws IOException {
    given.assertWrongUsage(
        given.quantize("--percentile", "99.9"),
        "--percentile needs --method percentile, found --method minmax");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "100.1", "many"})
  void quantize_badPercentile_isRefused(String percentile) throws IOException {
    given.assertWrongUsage(
        given.quantize("--method", "percentile", "--percentile", percentile),
        "expected a percentage above 0 up to 100 such as 99.99");
  }

  @Test
  void quantize_unknownTarget_isRefused() throws IOException {
    given.assertWrongUsage(
        given.quantize("--target", "cpu"),
        "--target",
        "expected tensorrt or onnxruntime, found 'cpu'");
  }

  @ParameterizedTest
  @CsvSource({
    "--profile, fast, expected speed or accuracy",
    "--build-mode, S, expected weak or strong",
    "--weights, float16, expected int8 or pairs",
    "--accuracy-target, -1, expected a number of decibels",
    "--accuracy-target, NaN, expected a number of decibels",
    "--accuracy-target, Infinity, expected a number of decibels",
    "--accuracy-target, high, expected a number of decibels",
    "--min-int8-share, 81, expected a number from 0 to 1",
    "--min-int8-share, -0.1, expected a number from 0 to 1",
    "--min-int8-share, most, expected a number from 0 to 1",
    "--plan-file, plan.onnx, expected a file name that ends in .json or .txt",
  })
  void quantize_badValue_isRefused(String option, String value, String expected)
      throws IOException {
    given.assertWrongUsage(
        given.quantize(option, value), option, expected, "found '" + value + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--build-mode strong", "--classifier-as-conv"})
  void quantize_optionOfTensorRtForOnnxRuntime_isRefused(String option) throws IOException {
    given.assertWrongUsage(
        given.quantize((Object[]) (option + " --target onnxruntime").split(" ")),
        option + " is for TensorRT, found --target onnxruntime; remove one");
  }

  @Test
  void quantize_outputEqualToDataOfTheModel_isRefused() throws IOException {
    Path data =
        OnnxModel.read(FashionMnist.RESNET)
            .write(given.model(), ModelLayout.EXTERNAL_DATA)
            .orElseThrow();
    byte[] before = Files.readAllBytes(data);

    given.assertWrongUsage(
        given.quantizeTo(data),
        "output \"" + data + "\" is the same file as the data of the model");
    assertThat(data).hasBinaryContent(before);
  }

  @Test
  void quantize_planFileEqualToModel_isRefused() throws IOException {
    Path model = Files.move(given.model(), given.file("model.json"));

    given.assertWrongUsage(
        CommandRun.of(
            "quantize",
            model,
            "--data",
            given.samples(),
            "-o",
            given.output(),
            "--plan-file",
            model),
        "plan file \"" + model + "\"",
        "expected another path");
    assertThat(model).hasSameBinaryContentAs(FashionMnist.RESNET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "much"})
  void verify_limitThatIsNoFiniteNumber_isRefused(String limit) {
    given.assertWrongUsage(
        CommandRun.of(
            "verify", given.model(), given.model(), "--data", given.samples(), "--min-sqnr", limit),
        "--min-sqnr",
        "expected a number",
        "found '" + limit + "'");
  }

  @Test
  void lint_unknownFormat_isRefused() {
    given.assertWrongUsage(
        CommandRun.of("lint", given.model(), "--format", "xml"),
        "--format",
        "expected text or json or sarif, found 'xml'");
  }

  @Test
  void lint_jsonBesideAnotherFormat_isRefused() {
    given.assertWrongUsage(
        CommandRun.of("lint", given.model(), "--format", "sarif", "--json"),
        "--json is short for --format json; found --format sarif");
  }

  @Test
  void lint_withoutModel_isRefused() {
    given.assertWrongUsage(CommandRun.of("lint"), "missing required parameter: 'MODEL.onnx'");
  }

  @Test
  void quant_unknownCommand_isRefused() {
    given.assertWrongUsage(CommandRun.of("quantise"), "'quantise'", "did you mean quantize?");
  }
}
