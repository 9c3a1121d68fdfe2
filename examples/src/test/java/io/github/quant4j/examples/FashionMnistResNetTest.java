/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.VerificationReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FashionMnistResNetTest {
  private Path folder = Path.of("");
  private String printed = "";
  private VerificationReport report;

  @BeforeAll
  void runExample(@TempDir Path temporary) throws IOException {
    folder = temporary;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    report = FashionMnistResNet.run(folder, new PrintStream(out, true, StandardCharsets.UTF_8));
    printed = out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void run_wholeExample_printsEveryFigure() {
    assertThat(printed.lines())
        .anyMatch(line -> line.matches("top-1    float 0\\.94\\d\\d, INT8 0\\.94\\d\\d on 200 .*"))
        .anyMatch(line -> line.matches("size     float 1,095,551 bytes, INT8 [\\d,]+ bytes .*"))
        .anyMatch(line -> line.matches("latency  float [\\d.]+ ms, INT8 [\\d.]+ ms .* threads"))
        .anyMatch(line -> line.startsWith("worst    tensors"))
        .anyMatch(line -> line.startsWith("files    "));
  }

  @Test
  void run_wholeExample_keepsAccuracy() {
    // One of 200 images; of all 10,000 it is 0.09 points.
    assertThat(report.topOne().orElseThrow().dropPoints()).isLessThanOrEqualTo(0.5);
  }

  @Test
  void run_wholeExample_listsTheFiveWorstTensors() {
    assertThat(report.worstTensors(5)).hasSize(5);
    assertThat(report.worstTensors(5).get(0).sqnrDecibels())
        .isLessThanOrEqualTo(report.worstTensors(5).get(4).sqnrDecibels());
  }

  @Test
  void run_wholeExample_writesBothModels() throws IOException {
    Path floatFile = folder.resolve("resnet20_fp32.onnx");
    Path int8File = folder.resolve("resnet20_int8.onnx");
    assertThat(OnnxModel.read(floatFile).firstQuantizedNode()).isEmpty();
    assertThat(OnnxModel.read(int8File).firstQuantizedNode()).isPresent();
    assertThat(Files.size(int8File)).isLessThanOrEqualTo(Files.size(floatFile) * 30 / 100);
  }
}
