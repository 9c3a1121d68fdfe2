/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationCostTest {
  private static final Path MODEL = Path.of("../data/models/resnet20_fp32.onnx");
  private static final String INPUT = "input=4x1x32x32";

  @Test
  void run_allModes_readsOutputsOrObservesThePlanInEveryPass() throws IOException {
    List<String> lines = run("--input", INPUT, "--batches", "3", "--threads", "1", "--repeat", "2");

    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("\"mode\": \"plain\"");
    assertThat(numbers(lines.get(0), "tensors")).containsExactly(1);
    assertThat(numbers(lines.get(0), "bytesPerBatch")).containsExactly(4 * 10 * Float.BYTES);
    assertThat(lines.get(1)).contains("\"mode\": \"minmax\"").doesNotContain("mseSeconds");
    assertThat(lines.get(2)).contains("\"mode\": \"all\"");
    double pointCount = observationPointCount();
    for (String line : lines.subList(1, 3)) {
      assertThat(numbers(line, "tensors")).containsExactly(pointCount);
      assertThat(numbers(line, "bytesPerBatch")[0]).isGreaterThan(4 * 16 * 32 * 32 * Float.BYTES);
    }
    for (String line : lines) {
      assertThat(numbers(line, "seconds")).hasSize(2).doesNotContain(0);
      assertThat(numbers(line, "processorSeconds")).hasSize(2);
      assertThat(numbers(line, "peakResident")[0])
          .isGreaterThanOrEqualTo(numbers(line, "residentBefore")[0]);
    }
    double[] total = numbers(lines.get(2), "seconds");
    for (String method : List.of("percentile", "entropy", "mse")) {
      double[] choice = numbers(lines.get(2), method + "Seconds");
      assertThat(choice).hasSize(2);
      assertThat(choice[0]).isBetween(0.0, total[0]);
    }
  }

  @Test
  void run_save_writesTheSixteenDifferentBatches(@TempDir Path folder) throws IOException {
    run(
        "--input",
        INPUT,
        "--input",
        "ids=4x3@5..7",
        "--batches",
        "40",
        "--save",
        folder.toString());

    assertThat(folder.resolve("input.bin")).hasSize(16 * 4 * 32 * 32 * Float.BYTES);
    byte[] ids = Files.readAllBytes(folder.resolve("ids.bin"));
    assertThat(ids).hasSize(16 * 12 * Long.BYTES);
    for (int i = 0; i < ids.length; i++) {
      assertThat(ids[i]).isBetween((byte) (i % 8 == 0 ? 5 : 0), (byte) (i % 8 == 0 ? 7 : 0));
    }
  }

  @Test
  void parse_dimensionsNotUnderstood_throws() {
    assertThatThrownBy(() -> SampleInput.parse("x=1y2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "input \"x=1y2\" is not understood, expected NAME=8x64@0..99 or NAME=1x3x640x640");
  }

  private static List<String> run(String... arguments) {
    StringWriter text = new StringWriter();
    String[] all = new String[arguments.length + 1];
    all[0] = MODEL.toString();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    assertThat(CalibrationCost.run(new PrintWriter(text, true), all)).isZero();
    return text.toString().lines().toList();
  }

  private static double observationPointCount() throws IOException {
    OnnxModel model = OnnxModel.read(MODEL);
    PassPipeline.normalization().run(model);
    return QdqPlanner.create().plan(model).observationPoints().size();
  }

  private static double[] numbers(String line, String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\": \\[?([\\d., ]*\\d)").matcher(line);
    assertThat(matcher.find()).as(key).isTrue();
    return Arrays.stream(matcher.group(1).split(", ")).mapToDouble(Double::parseDouble).toArray();
  }
}
