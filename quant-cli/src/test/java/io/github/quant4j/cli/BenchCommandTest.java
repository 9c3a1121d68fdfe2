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
import org.junit.jupiter.params.provider.ValueSource;

/** What of {@code quant bench} is decided without a GPU, which these tests are kept away from. */
class BenchCommandTest {
  private QuantizeFixture given;
  private Path plan;

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
    plan = Files.writeString(given.file("engine.plan"), "ftrt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--labels=l.npy | --labels are those of the samples of --test",
        "--labels=l.npy --test=x.npy --samples=2 --seed=1 | --seed draws samples at random",
        "--kinds=fp16,int8-minmax | --kinds with INT8 needs samples",
        "--kinds=int4 | fp32 or fp16 or int8-minmax or int8-entropy2 or int8-explicit",
        "--layers | --layers is for one engine by itself",
        "--no-transfers | --no-transfers is for one engine by itself",
        "--trusted | --trusted is for one engine by itself",
        "--iterations=1 | expected at least 2 runs, found '1'",
        "--duration=-1 | expected a number of seconds from 0 to 3600",
        "--shapes=x:1 --shapes=x:2 | --shapes names an input twice",
      })
  void bench_wrongOptionsForAModel_areRefused(String options, String expected) {
    given.assertWrongUsage(bench(options, given.model()), expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--data=x", "--test=x", "--kinds=fp16", "--max-top1-drop=1", "--min-sqnr=9"})
  void bench_engineWithOptionsOfAFloatModel_isRefused(String option) {
    given.assertWrongUsage(
        bench(option, plan),
        option.substring(0, option.indexOf('=')) + " needs a float32 model to hold engines");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--save=folder", "--timing-cache=c", "--timing-iterations=8"})
  void bench_engineWithOptionsOfBuilds_isRefused(String option) {
    given.assertWrongUsage(
        bench(option, plan),
        option.substring(0, option.indexOf('=')) + " is for engines that are built");
  }

  @Test
  void bench_twoFloatModels_areRefused() throws IOException {
    Path other = Files.copy(given.model(), given.file("other.onnx"));

    given.assertWrongUsage(
        bench("", given.model(), plan, other),
        "\"" + given.model() + "\" and \"" + other + "\" are both float models");
  }

  @Test
  void bench_fileNamedTwice_isRefused() {
    given.assertWrongUsage(bench("", plan, plan), "\"" + plan + "\" is named twice");
  }

  @Test
  void bench_noFile_isRefused() {
    given.assertWrongUsage(CommandRun.of("bench"), "missing required parameter: 'FILE'");
  }

  @Test
  @Tag("without-natives")
  void bench_withoutAGpu_isOneLineThatNamesWhatIsMissing() throws IOException {
    given.quantize();
    Path int8 = Files.move(given.output(), given.file("quantized.onnx"));
    String missing = "TensorRT is not available: system property 'quant4j.tensorrt.disabled'";

    given.assertFailed(bench("--layers --trusted --batch=8", plan), missing);
    given.assertFailed(bench("", plan, int8), missing);
    given.assertFailed(
        bench("--data=" + given.samples() + " --kinds=fp16,int8-explicit", given.model(), int8),
        missing);
  }

  @Test
  void bench_missingEngineOrLabels_areNamedBeforeTensorRtIsAskedFor() {
    given.assertFailed(bench("", given.file("missing.plan")), "missing.plan\" does not exist");
    given.assertFailed(
        bench("--test=" + given.samples() + " --labels=missing.npy", given.model()), "missing.npy");
  }

  private static CommandRun bench(String options, Path... files) {
    List<Object> arguments = new ArrayList<>(List.of("bench"));
    arguments.addAll(Arrays.asList(files));
    Arrays.stream(options.split(" ")).filter(option -> !option.isEmpty()).forEach(arguments::add);
    return CommandRun.of(arguments.toArray());
  }
}
