/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelLayout;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  @Test
  void inspect_floatModel_printsWhatItHolds() {
    CommandRun run = CommandRun.of("inspect", FashionMnist.MOBILENET);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    // 353,905 is what stat says; counts are those of onnx.load(...).graph (onnx 1.23.1)
    assertThat(run.out().lines())
        .contains(
            "model        " + FashionMnist.MOBILENET + ", 353,905 bytes",
            "format       IR version 8",
            "opset        ai.onnx 17",
            "producer     pytorch 2.11.0",
            "input        input float[batch, 1, 32, 32]",
            "output       logits float[batch, 10]",
            "nodes        76",
            "                  23 Conv",
            "                  48 float, 339,816 bytes",
            "Q/DQ         0 pairs on activations, 0 weights, 0 int32 biases");
  }

  @Test
  void inspect_json_hasAllFieldsInOrder() throws IOException {
    CommandRun run = CommandRun.of("inspect", FashionMnist.MOBILENET, "--json");

    Map<String, @Nullable Object> json = JsonTree.object(run.out());
    assertThat(json.keySet())
        .containsExactly(
            "command",
            "model",
            "irVersion",
            "opsets",
            "producer",
            "functions",
            "inputs",
            "outputs",
            "nodes",
            "operators",
            "initializers",
            "initializersByType",
            "float16Share",
            "qdq",
            "manifest",
            "metadata");
    assertThat(json)
        .containsEntry("irVersion", 8L)
        .containsEntry("opsets", Map.of("ai.onnx", 17L))
        .containsEntry(
            "initializersByType", Map.of("float", Map.of("count", 48L, "bytes", 339816L)))
        .containsEntry(
            "inputs",
            List.of(
                Map.of(
                    "name",
                    "input",
                    "elementType",
                    "float",
                    "dimensions",
                    List.of("batch", 1L, 32L, 32L))));
  }

  @Test
  void inspect_operators_areSortedByFrequency() throws IOException {
    Map<String, @Nullable Object> json =
        JsonTree.object(CommandRun.of("inspect", FashionMnist.MOBILENET, "--json").out());

    assertThat(json.get("operators"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsExactly(
            Map.entry("Constant", 30L),
            Map.entry("Conv", 23L),
            Map.entry("Clip", 15L),
            Map.entry("Add", 4L),
            Map.entry("Flatten", 1L),
            Map.entry("Gemm", 1L),
            Map.entry("GlobalAveragePool", 1L),
            Map.entry("HardSwish", 1L));
  }

  @Test
  void inspect_quantizedModel_countsItsPairs(@TempDir Path folder) throws IOException {
    Path int8 = folder.resolve("int8.onnx");
    float[] ones = new float[2 * TinyModels.FEATURES];
    Arrays.fill(ones, 1);
    CommandRun.of(
        "quantize",
        TinyModels.fixedBatch(folder.resolve("float.onnx"), 2),
        "--data",
        NumpyWriter.writeFloats(folder.resolve("x.npy"), ones, 2, TinyModels.FEATURES),
        "-o",
        int8);

    assertThat(JsonTree.object(CommandRun.of("inspect", int8, "--json").out()))
        .containsEntry("qdq", Map.of("activationPairs", 1L, "weights", 1L, "biases", 0L));
  }

  @Test
  void inspect_quantizedModel_showsItsManifest(@TempDir Path folder) throws IOException {
    QuantizeFixture given = QuantizeFixture.in(folder);
    given.quantize("--target", "onnxruntime");

    CommandRun run = CommandRun.of("inspect", given.output());

    assertThat(run.out())
        .containsPattern(
            "manifest     tool Quant4J, mode W, rules [0-9]+, target onnxruntime, biases int32,"
                + " calibration [0-9a-f]{64}\\R");
  }

  @Test
  void inspect_manifestOfUnknownMode_isShownAsProblem(@TempDir Path folder) throws IOException {
    OnnxModel model = OnnxModel.read(TinyModels.unusual(folder.resolve("unusual.onnx")));
    model.putMetadata("quant.mode", "X");
    model.write(folder.resolve("x.onnx"));

    CommandRun run = CommandRun.of("inspect", folder.resolve("x.onnx"), "--json");

    assertThat(JsonTree.object(run.out()))
        .containsEntry(
            "manifest",
            Map.of(
                "problem",
                "metadata \"quant.mode\" of the model is \"X\", expected \"W\" or \"S\""));
  }

  @Test
  void inspect_floatModel_hasNoManifestAndNoFloat16() throws IOException {
    assertThat(JsonTree.object(CommandRun.of("inspect", FashionMnist.MOBILENET, "--json").out()))
        .containsEntry("manifest", null)
        .containsEntry("float16Share", 0.0)
        .containsEntry("functions", List.of());
    // 339,816 bytes of floats
    assertThat(CommandRun.of("inspect", FashionMnist.MOBILENET).out())
        .contains("float16      0.0 % of 84,954 floating-point numbers in initializers")
        .doesNotContain("manifest");
  }

  @Test
  void inspect_externalData_showsItsFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.onnx");
    Path data =
        OnnxModel.read(FashionMnist.MOBILENET)
            .write(file, ModelLayout.EXTERNAL_DATA)
            .orElseThrow()
            .toRealPath();

    assertThat(CommandRun.of("inspect", file).out().lines())
        .contains(
            "model        " + FileSize.of(file).text(),
            "data         " + FileSize.of(data).text(),
            "                  48 float, 339,816 bytes");
  }

  @Test
  void inspect_functions_areShownWithTheirCalls(@TempDir Path folder) throws IOException {
    Path file = TinyModels.function(folder.resolve("function.onnx"));

    assertThat(CommandRun.of("inspect", file).out().lines())
        .contains("function     com.example.Times, called by 1 nodes");
    assertThat(JsonTree.object(CommandRun.of("inspect", file, "--json").out()))
        .containsEntry(
            "functions", List.of(Map.of("domain", "com.example", "name", "Times", "calls", 1L)));
  }

  @Test
  void inspect_textUnknownTypesAndOtherDomains_areShown(@TempDir Path folder) throws IOException {
    CommandRun run = CommandRun.of("inspect", TinyModels.unusual(folder.resolve("unusual.onnx")));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .contains(
            "opset        com.example 2",
            "producer     not named",
            "input        x ?[...]",
            "                   1 com.example.Lookup",
            "                   1 other, 0 bytes",
            "metadata     auteur = café");
  }

  @Test
  void inspect_jsonOfUnusualModel_isAsciiWithNullsForTheUnknown(@TempDir Path folder)
      throws IOException {
    CommandRun run =
        CommandRun.of("inspect", TinyModels.unusual(folder.resolve("unusual.onnx")), "--json");

    assertThat(run.out()).isASCII();
    Map<String, @Nullable Object> json = JsonTree.object(run.out());
    assertThat(json).containsEntry("metadata", Map.of("auteur", "café"));
    assertThat(json.get("inputs"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .singleElement(InstanceOfAssertFactories.MAP)
        .containsEntry("elementType", null)
        .containsEntry("dimensions", null);
  }

  @Test
  void inspect_missingFile_isOneLine(@TempDir Path folder) {
    Path missing = folder.resolve("missing.onnx");

    CommandRun run = CommandRun.of("inspect", missing);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("quant: model \"" + missing + "\"").containsOnlyOnce("\n");
  }

  @Test
  void inspect_modelWithLineBreakInItsName_isStillOneErrorLine(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("two\nlines.onnx"), "no model");

    assertThat(CommandRun.of("inspect", file).err())
        .contains("two lines.onnx")
        .containsOnlyOnce("\n");
  }
}
