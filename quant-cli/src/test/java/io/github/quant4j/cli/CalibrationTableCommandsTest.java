/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.range.MinMaxSelector;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.table.TensorRtCalibrationCache;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calibration tables from the command that makes them to the one that quantizes with them. */
class CalibrationTableCommandsTest {
  private QuantizeFixture given;
  private Path table;

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
    table = given.file("table.json");
  }

  private CommandRun calibrate(Path output, Object... options) {
    return run(
        List.of("calibrate", given.model(), "--data", given.samples(), "-o", output), options);
  }

  private CommandRun quantize(Object... options) {
    return run(List.of("quantize", given.model(), "-o", given.output()), options);
  }

  private static CommandRun run(List<?> first, Object... options) {
    List<Object> args = new ArrayList<>(first);
    args.addAll(Arrays.asList(options));
    return CommandRun.of(args.toArray());
  }

  private static void assertDone(CommandRun run) {
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  private Path converted(String name, Object... options) {
    Path output = given.file(name);
    assertDone(run(List.of("table", "convert", table, "-o", output), options));
    return output;
  }

  @Test
  void calibrate_model_writesATableToQuantizeWith() throws IOException {
    CommandRun run = calibrate(table);
    assertDone(run);
    assertThat(run.out().lines())
        .contains(
            "model        " + FileSize.of(given.model()).text(),
            "written      " + FileSize.of(table).text() + ", json",
            "method       minmax",
            "samples      4")
        .anyMatch(line -> line.matches("tensors {6}(\\d+), \\1 with histogram"))
        .filteredOn(line -> line.startsWith("widest "))
        .hasSize(5)
        .allMatch(line -> line.matches(".*: \\[-?[0-9.]+, [0-9.]+], [0-9,]+ values"));

    assertDone(given.quantize());
    byte[] inOne = Files.readAllBytes(given.output());
    CommandRun quantized = quantize("--table", table, "--data", given.samples());

    assertDone(quantized);
    assertThat(given.output()).hasBinaryContent(inOne);
    assertThat(quantized.out())
        .contains("ranges       " + FileSize.of(table).text() + ", json", "goal 24.0 dB");
  }

  @Test
  void quantize_tableWithoutSamples_saysThatNothingIsMeasured() throws IOException {
    assertDone(calibrate(table));
    assertDone(given.quantize("--accuracy-target", 0));
    byte[] unmeasured = Files.readAllBytes(given.output());

    CommandRun run = quantize("--table", table, "--json");

    assertDone(run);
    assertThat(given.output()).hasBinaryContent(unmeasured);
    assertThat(JsonTree.object(run.out()))
        .containsEntry("table", Map.of("file", table.toString(), "bytes", Files.size(table)))
        .containsEntry("method", "minmax")
        .containsEntry("samples", 4L)
        .extractingByKey("notes")
        .asString()
        .contains("accuracy is not measured and no bias corrected without samples; give --data");
    assertThat(quantize("--table", table).out()).contains("accuracy     not measured");
  }

  @Test
  void quantize_methodWithTable_choosesFromItsHistograms() throws IOException {
    assertDone(calibrate(table));
    assertDone(calibrate(given.file("entropy.json"), "--method", "entropy"));
    assertDone(quantize("--table", given.file("entropy.json")));
    byte[] entropy = Files.readAllBytes(given.output());

    CommandRun run = quantize("--table", table, "--method", "entropy");

    assertDone(run);
    assertThat(run.out()).contains("method       entropy for tensorrt");
    assertThat(given.output()).hasBinaryContent(entropy);
    assertDone(quantize("--table", given.file("entropy.json"), "--method", "minmax"));
    byte[] minmax = Files.readAllBytes(given.output());
    assertDone(quantize("--table", table));
    assertThat(given.output()).hasBinaryContent(minmax);
  }

  /** A cache of the calibrators that TensorRT 11 no longer has becomes a model with scales. */
  @Test
  void quantize_tensorRtCache_givesAModelOfItsScales() throws IOException {
    assertDone(calibrate(table));
    Path cache = converted("calibration.cache", "--cache-header", "TRT-8603-MinMaxCalibration");

    CommandRun run = quantize("--table", cache);

    assertDone(run);
    assertThat(run.out()).contains("method       MinMaxCalibration for tensorrt");
    TensorRtCalibrationCache scales = TensorRtCalibrationCache.read(cache);
    assertThat(OnnxModel.read(given.output()).graph().nodes())
        .filteredOn(node -> node.is("QuantizeLinear"))
        .hasSameSizeAs(scales.tensors())
        .allSatisfy(
            node ->
                assertThat(node.requiredInput(1).constant().orElseThrow().floats().get(0))
                    .isEqualTo(scales.scale(node.requiredInput(0).name()).orElseThrow()));
  }

  @Test
  void quantize_tableThatLacksTensors_notesHowMany() throws IOException {
    assertDone(calibrate(table));
    Path cache = converted("calibration.cache");
    List<String> lines = new ArrayList<>(Files.readAllLines(cache));
    String lost = lines.remove(2);
    Files.write(cache, lines);

    CommandRun run = quantize("--table", cache);

    assertDone(run);
    assertThat(run.out())
        .contains(
            "note         calibration: the table has no range of 1 tensors, first \""
                + lost.substring(0, lost.lastIndexOf(':'))
                + "\"; ");
  }

  @Test
  void quantize_tableOfAnotherModel_fails() throws IOException {
    assertDone(calibrate(table));
    TinyModels.fixedBatch(given.model(), 2);

    given.assertFailed(
        quantize("--table", table),
        "with the table \"" + table + "\": the calibration table is of another model",
        "sha256:",
        "calibrate this model");
  }

  @Test
  void quantize_methodOnATableWithoutHistograms_fails() throws IOException {
    assertDone(calibrate(table));

    given.assertFailed(
        quantize("--table", converted("calibration.cache"), "--method", "mse"),
        "ranges cannot be chosen by mse",
        "no histogram");
  }

  @ParameterizedTest
  @CsvSource({
    "t.json, json, ''",
    "t.cache, cache, 'written: histogram left out'",
    "t.bin, onnxruntime-json, 'written: histogram left out'",
    "t.bin, onnxruntime-text, 'written: asymmetric range widened'",
  })
  void convert_toEveryFormAndBack_keepsTheRanges(String name, String format, String loss)
      throws IOException {
    assertDone(calibrate(table));
    Path output = given.file(name);

    CommandRun run =
        CommandRun.of("table", "convert", table, "-o", output, "--format", format, "--json");

    assertDone(run);
    Map<String, @Nullable Object> json = JsonTree.object(run.out());
    assertThat(json).containsEntry("format", format).containsEntry("command", "table convert");
    assertThat(json.get("notes")).asString().contains(loss);
    TableFile read = TableFile.read(output);
    assertThat(ChoiceConverter.word(read.format())).isEqualTo(format);
    CalibrationTable expected = CalibrationTableJson.read(table);
    assertThat(read.table().tensors())
        .isEqualTo(expected.tensors())
        .allSatisfy(
            tensor ->
                assertThat(read.table().range(tensor).orElseThrow().absoluteMaximum())
                    .isEqualTo(expected.range(tensor).orElseThrow().absoluteMaximum()));
  }

  @Test
  void convert_cacheToCache_keepsItsHeader() throws IOException {
    assertDone(calibrate(table));
    table = converted("a.cache", "--cache-header", "TRT-8603-EntropyCalibration2");

    assertThat(converted("b.cache")).hasSameBinaryContentAs(table);
  }

  @Test
  void merge_partsOfTheSamples_giveTheTableOfAll() throws IOException {
    float[] images = FashionMnist.calibrationImages(4);
    given.writeSamples(Arrays.copyOf(images, 2 * 1024), 32, 32);
    assertDone(calibrate(given.file("a.json"), "--batch", 2));
    given.writeSamples(Arrays.copyOfRange(images, 2 * 1024, 4 * 1024), 32, 32);
    assertDone(calibrate(given.file("b.json"), "--batch", 2));
    given.writeSamples(images, 32, 32);
    assertDone(calibrate(given.file("all.json"), "--batch", 2));

    CommandRun run =
        CommandRun.of(
            "table",
            "merge",
            given.file("a.json"),
            given.file("b.json"),
            "-o",
            table,
            "--method",
            "minmax");

    assertDone(run);
    assertThat(run.out()).contains("samples      4", "written      " + FileSize.of(table).text());
    assertThat(CalibrationTableJson.read(table))
        .isEqualTo(
            CalibrationTableJson.read(given.file("all.json"))
                .withRanges("minmax", MinMaxSelector.create()));
  }

  @Test
  void merge_whatCannotBeMerged_isRefused() throws IOException {
    assertDone(calibrate(table));
    Path output = given.file("merged.json");

    given.assertFailed(
        CommandRun.of("table", "merge", table, converted("c.cache"), "-o", output),
        "cannot merge the tables");
    given.assertWrongUsage(
        CommandRun.of("table", "merge", table, table, "-o", output), "given twice");
    assertThat(output).doesNotExist();
  }

  @Test
  void inspect_table_showsWhereItComesFromAndItsTensors() throws IOException {
    assertDone(calibrate(table, "--method", "percentile"));

    CommandRun run = CommandRun.of("inspect", table);

    assertDone(run);
    assertThat(run.out().lines())
        .contains(
            "table        " + FileSize.of(table).text(),
            "format       json",
            "method       percentile 99.99",
            "model        " + OnnxModel.read(given.model()).digest(),
            "samples      4")
        .anyMatch(line -> line.matches(" {13}input: \\[.*] of \\[.*], 4,096 values"));
    Map<String, @Nullable Object> json =
        JsonTree.object(CommandRun.of("inspect", table, "--json").out());
    assertThat(json.keySet())
        .containsExactly("command", "table", "format", "provenance", "samples", "tensors", "notes");
    assertThat(json.get("tensors"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .isNotEmpty()
        .allSatisfy(
            tensor ->
                assertThat(tensor)
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("histogram", true)
                    .containsEntry("chosen", true)
                    .containsOnlyKeys(
                        "tensor", "minimum", "maximum", "chosen", "histogram", "seen"));
  }

  @Test
  void output_ofUnknownForm_isRefusedWithTheChoices() {
    given.assertWrongUsage(
        calibrate(given.file("table.txt")),
        "ends neither in .json nor in .cache",
        "expected --format json or cache or onnxruntime-json or onnxruntime-text");
    given.assertWrongUsage(calibrate(table, "--format", "xml"), "--format", "found 'xml'");
    given.assertWrongUsage(
        calibrate(table, "--cache-header", "TRT-1-A"), "--cache-header is for --format cache");
    given.assertWrongUsage(
        calibrate(given.file("t.cache"), "--cache-header", "nonsense"), "expected TRT-<version>");
    assertThat(table).doesNotExist();
  }

  @Test
  void output_overAnInput_isRefused() throws IOException {
    assertDone(calibrate(table));
    byte[] before = Files.readAllBytes(table);

    given.assertWrongUsage(
        CommandRun.of("table", "convert", table, "-o", table), "the same file as the input");
    given.assertWrongUsage(
        calibrate(given.model(), "--format", "json"), "the same file as the input");
    given.assertWrongUsage(
        CommandRun.of("quantize", given.model(), "--table", table, "-o", table),
        "the same file as the table");
    assertThat(table).hasBinaryContent(before);
    assertThat(given.model()).hasSameBinaryContentAs(FashionMnist.RESNET);
  }

  @ParameterizedTest
  @CsvSource({
    "'', is empty",
    "'{\"format\": \"x\"}', format is 'x'",
    "'a', '<tensor> <magnitude>'"
  })
  void table_thatIsNone_fails(String content, String problem) throws IOException {
    Files.writeString(table, content);

    given.assertFailed(quantize("--table", table), table.toString(), problem);
    given.assertFailed(quantize("--table", given.file("no.json")), "no.json", "does not exist");
  }
}
