/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a ResNet-20 as PyTorch's eager mode exports it. */
class RepairCommandTest {
  private static final Path EXPORT = Path.of("..", "data", "models", "resnet20_eager_int8.onnx.gz");

  private Path folder;
  private Path model;
  private Path output;
  private Path samples;

  @BeforeEach
  void unpack(@TempDir Path empty) throws IOException {
    folder = empty;
    model = folder.resolve("eager.onnx");
    output = folder.resolve("repaired.onnx");
    samples = folder.resolve("samples.npy");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(EXPORT))) {
      Files.copy(in, model);
    }
  }

  private CommandRun repair(Object... options) {
    List<Object> args = new ArrayList<>(List.of("repair", model));
    args.addAll(Arrays.asList(options));
    return CommandRun.of(args.toArray());
  }

  private void writeSamples() throws IOException {
    float[] pixels = FashionMnist.calibrationImages(QuantizeFixture.SAMPLE_COUNT);
    NumpyWriter.writeFloats(samples, pixels, QuantizeFixture.SAMPLE_COUNT, 1, 32, 32);
  }

  @Test
  void repair_eagerExport_leavesNothingTheLinterCallsAnError() {
    assertThat(CommandRun.of("lint", model).exitCode()).isEqualTo(1);

    CommandRun run = repair("-o", output);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("before       Cast 74, DequantizeLinear int32 22,")
        .contains("repaired     42 x R03 ")
        .contains("repaired     9 x R10 ")
        .contains("samples      4, synthetic")
        .contains("repaired     logits against baseline: SQNR ");
    assertThat(CommandRun.of("lint", output).exitCode()).isZero();
  }

  @Test
  void repair_ownOutput_writesTheSameBytes() throws IOException {
    repair("-o", output);
    Path again = folder.resolve("again.onnx");
    assertThat(CommandRun.of("repair", output, "-o", again).exitCode()).isZero();
    assertThat(again).hasSameBinaryContentAs(output);
  }

  @Test
  void repair_dryRun_reportsAndWritesNothing() {
    CommandRun run = repair("--dry-run");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("would be     DequantizeLinear int8 45, QuantizeLinear int8 ");
    assertThat(output).doesNotExist();
  }

  @Test
  void repair_withSamplesAndFloatModel_comparesWithIt() throws IOException {
    writeSamples();
    CommandRun run = repair("-o", output, "--data", samples, "--float", FashionMnist.RESNET);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("samples      4")
        .contains("source       logits against float model: SQNR ")
        .contains("repaired     logits against float model: SQNR ");
  }

  @Test
  void repair_json_hasReportAndVerification() throws IOException {
    Map<String, @Nullable Object> json = JsonTree.object(repair("-o", output, "--json").out());
    assertThat(json.keySet())
        .containsExactly(
            "command",
            "model",
            "output",
            "report",
            "verification",
            "elapsedSeconds",
            "skippedPictures");
  }

  @ParameterizedTest
  @ValueSource(strings = {"report.json", "report.txt"})
  void repair_reportFile_listsEveryFinding(String name) throws IOException {
    Path report = folder.resolve(name);
    assertThat(repair("-o", output, "--report", report).exitCode()).isZero();
    assertThat(Files.readString(report)).contains("R02", "R03", "R09", "/layers/8/relu2/");
  }

  @Test
  void repair_neitherOutputNorDryRun_isWrongUsage() {
    CommandRun run = repair();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("expected -o OUT.onnx for the repaired model, or --dry-run");
  }

  @Test
  void repair_dryRunWithOutput_isWrongUsage() {
    assertThat(repair("--dry-run", "-o", output).exitCode()).isEqualTo(2);
  }

  @Test
  void repair_floatModelWithoutSamples_isWrongUsage() {
    CommandRun run = repair("-o", output, "--float", FashionMnist.RESNET);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--float needs samples; give them with --data");
  }

  @Test
  void repair_outputOverModel_isWrongUsageAndKeepsTheModel() throws IOException {
    byte[] before = Files.readAllBytes(model);
    assertThat(repair("-o", model).exitCode()).isEqualTo(2);
    assertThat(model).hasBinaryContent(before);
  }

  @Test
  void repair_samplesOfAnotherShape_failsWithOneLineAndWritesNothing() throws IOException {
    NumpyWriter.writeFloats(samples, new float[2 * 9], 2, 1, 3, 3);
    CommandRun run = repair("-o", output, "--data", samples);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1).first().asString().startsWith("quant: cannot run ");
    assertThat(output).doesNotExist();
  }

  @Test
  void repair_floatModel_isWrittenAsItIs() {
    CommandRun run = CommandRun.of("repair", FashionMnist.RESNET, "-o", output);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("logits against baseline: equal");
  }
}
