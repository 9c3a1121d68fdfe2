/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.tensorrt.OutputAgreement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BuildReportTest {
  private static final OutputAgreement AGREEMENT = new OutputAgreement("y", 42.5, 0.25, 0, 0.5);

  @Test
  void writeText_showsTheBuildAndItsCheck() {
    TextLines text = new TextLines();
    report(List.of(AGREEMENT)).writeText(text);

    assertThat(text.toString().lines())
        .containsExactly(
            "model        m.onnx, 10 bytes",
            "written      m.plan, 20 bytes",
            "options      FP16",
            "machine      GPU, TensorRT 10.6.0",
            "check        'y' 42.5 dB, largest difference 0.250",
            "warning      slow",
            "build        1.50 s",
            "elapsed      2.00 s");
  }

  @Test
  void writeText_uncheckedBuild_saysSo() {
    TextLines text = new TextLines();
    report(List.of()).writeText(text);

    assertThat(text.toString()).contains("check        not compared with ONNX Runtime");
  }

  @Test
  void writeJson_hasAllFieldsInOrder() throws IOException {
    Map<String, @Nullable Object> json = JsonTree.object(JsonText.of(report(List.of(AGREEMENT))));

    assertThat(json.keySet())
        .containsExactly(
            "command",
            "model",
            "output",
            "options",
            "machine",
            "outputs",
            "warnings",
            "buildSeconds",
            "elapsedSeconds");
    assertThat(json)
        .containsEntry(
            "outputs",
            List.of(
                Map.of(
                    "output", "y",
                    "sqnrDecibels", 42.5,
                    "largestDifference", 0.25,
                    "nonFiniteCount", 0L,
                    "equalShare", 0.5)));
  }

  private static BuildReport report(List<OutputAgreement> agreements) {
    return new BuildReport(
        new ModelFiles(new FileSize(Path.of("m.onnx"), 10), List.of()),
        new FileSize(Path.of("m.plan"), 20),
        new BuildReport.Built(
            "FP16", "GPU, TensorRT 10.6.0", Duration.ofMillis(1500), agreements, List.of("slow")),
        Duration.ofSeconds(2));
  }
}
