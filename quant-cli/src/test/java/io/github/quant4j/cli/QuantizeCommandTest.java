/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizeCommandTest {
  private static Path samples;
  private static Path fewSamples;
  private Path folder;
  private Path output;

  @BeforeAll
  static void writeSamples(@TempDir Path shared) throws IOException {
    samples =
        NumpyWriter.writeArchive(
            shared.resolve("cal.npz"),
            "input",
            FashionMnist.calibrationImages(512),
            512,
            1,
            32,
            32);
    fewSamples =
        NumpyWriter.writeFloats(
            shared.resolve("few.npy"), FashionMnist.calibrationImages(8), 8, 1, 32, 32);
  }

  @BeforeEach
  void nameOutput(@TempDir Path empty) {
    folder = empty;
    output = folder.resolve("int8.onnx");
  }

  @ParameterizedTest
  @ValueSource(strings = "resnet20_fp32.onnx")
  void quantize_residualNetwork_writesAtMostThirtyPercentAndTheSameBytesAgain(String name)
      throws IOException {
    Path model = FashionMnist.RESNET.resolveSibling(name);
    Path again = folder.resolve("again.onnx");

    CommandRun run = CommandRun.of("quantize", model, "--data", samples, "-o", output);
    CommandRun secondRun = CommandRun.of("quantize", model, "--data", samples, "-o", again);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("samples      512", "minmax for tensorrt", output.toString());
    assertThat(Files.size(output)).isLessThanOrEqualTo(Files.size(model) * 3 / 10);
    assertThat(secondRun.exitCode()).isZero();
    assertThat(again).hasSameBinaryContentAs(output);
  }

  @Test
  void quantize_mobileNet_quantizesItsConvolutions() throws IOException {
    CommandRun run =
        CommandRun.of("quantize", FashionMnist.MOBILENET, "--data", samples, "-o", output);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(Files.size(output)).isLessThan(Files.size(FashionMnist.MOBILENET) / 2);
    assertThat(OnnxModel.read(output).firstQuantizedNode()).isPresent();
  }

  @Test
  void quantize_json_hasAllFieldsInOrder() throws IOException {
    CommandRun run = few("--json", "--exclude", "/fc/Gemm|fc");

    assertThat(run.exitCode()).isZero();
    Map<String, @Nullable Object> json = JsonTree.object(run.out());
    assertThat(json.keySet())
        .containsExactly(
            "command",
            "model",
            "output",
            "ratio",
            "method",
            "target",
            "profile",
            "buildMode",
            "weights",
            "accuracyTarget",
            "minInt8Share",
            "table",
            "samples",
            "observedTensors",
            "nodes",
            "int8Nodes",
            "arithmetic",
            "leftForAccuracy",
            "skipped",
            "notes",
            "elapsedSeconds");
    assertThat(json)
        .containsEntry("command", "quantize")
        .containsEntry("method", "minmax")
        .containsEntry("target", "tensorrt")
        .containsEntry("samples", 8L)
        .containsEntry("output", Map.of("file", output.toString(), "bytes", Files.size(output)));
  }

  @Test
  void quantize_json_givesTheReasonForEverySkippedNode() throws IOException {
    Map<String, @Nullable Object> json = JsonTree.object(few("--json").out());

    assertThat(json.get("skipped"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .isNotEmpty()
        .allSatisfy(
            node ->
                assertThat(node)
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsOnlyKeys("node", "operator", "int8", "rule", "reason")
                    .containsEntry("int8", false)
                    .extractingByKey("reason", InstanceOfAssertFactories.STRING)
                    .isNotEmpty());
  }

  @Test
  void quantize_plan_printsADecisionForEveryNode() throws IOException {
    long nodes = (long) number(JsonTree.object(few("--json").out()), "nodes");

    assertThat(few("--plan").out().lines().filter(line -> line.startsWith("plan ")))
        .hasSize((int) nodes);
  }

  @Test
  void quantize_planAsJson_listsEveryNode() throws IOException {
    Map<String, @Nullable Object> json = JsonTree.object(few("--plan", "--json").out());

    assertThat(json.get("plan"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize((int) number(json, "nodes"));
  }

  @Test
  void quantize_excludedOperator_leavesItFloat() throws IOException {
    int all = (int) number(JsonTree.object(few("--json").out()), "int8Nodes");
    int some =
        (int) number(JsonTree.object(few("--json", "--exclude-op", "Add").out()), "int8Nodes");

    assertThat(some).isLessThan(all);
  }

  @Test
  void quantize_exclusionsThatMatchNothing_areNoted() {
    CommandRun run = few("--exclude", "no-such-node", "--exclude-op", "NoSuchOperator");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "excluded name or expression \"no-such-node\" selects no node",
            "excluded operator \"NoSuchOperator\" selects no node");
  }

  @Test
  void quantize_forOnnxRuntime_writesInt32Biases() throws IOException {
    assertThat(few("--target", "onnxruntime").exitCode()).isZero();

    assertThat(QdqCensus.of(OnnxModel.read(output).graph()).biases()).isPositive();
  }

  @Test
  void quantize_folderOfSamples_readsThemAll() throws IOException {
    Path data = Files.createDirectory(folder.resolve("samples"));
    Files.copy(fewSamples, data.resolve("a.npy"));
    Files.copy(fewSamples, data.resolve("b.npy"));

    CommandRun run =
        CommandRun.of("quantize", FashionMnist.RESNET, "--data", data, "-o", output, "--batch", 5);

    assertThat(run.out()).contains("samples      16");
  }

  @Test
  void quantize_sampleLimitAndThreads_areObeyed() {
    assertThat(few("--samples", 3, "--threads", 1).out()).contains("samples      3");
  }

  @Test
  void quantize_modelOfFixedBatchSize_usesIt() throws IOException {
    Path fixed = TinyModels.fixedBatch(folder.resolve("fixed.onnx"), 2);

    CommandRun run =
        CommandRun.of(
            "quantize",
            fixed,
            "--data",
            NumpyWriter.writeFloats(folder.resolve("x.npy"), ones(4 * TinyModels.FEATURES), 4, 32),
            "-o",
            output);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("samples      4");
  }

  @Test
  void quantize_existingOutput_isReplaced() throws IOException {
    Files.writeString(output, "an older file");

    assertThat(few().exitCode()).isZero();
    assertThat(OnnxModel.read(output).firstQuantizedNode()).isPresent();
  }

  @Test
  void quantize_onTerminal_showsProgressAndWipesIt() {
    CommandRun run =
        CommandRun.onTerminal(
            "quantize", FashionMnist.RESNET, "--data", fewSamples, "-o", output, "--batch", 4);

    assertThat(run.err())
        .startsWith("\rcalibrating: 1 batches, 4 samples, ")
        .endsWith("\r")
        .doesNotContain("\n");
  }

  @Test
  void quantize_localeWithOtherDigits_printsTheSame() throws IOException {
    String expected = few("--json", "--plan").out();
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(withoutTime(few("--json", "--plan").out())).isEqualTo(withoutTime(expected));
      assertThat(few().out()).contains("samples      8");
    } finally {
      Locale.setDefault(before);
    }
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private CommandRun few(Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of("quantize", FashionMnist.RESNET, "--data", fewSamples, "-o", output));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private static double number(Map<String, @Nullable Object> json, String field) {
    return ((Number) Objects.requireNonNull(json.get(field), field)).doubleValue();
  }

  private static String withoutTime(String json) {
    return json.replaceFirst("\"elapsedSeconds\" : .*", "");
  }
}
