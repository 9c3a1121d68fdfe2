/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.ptq.ComparisonEnvironment;
import io.github.quant4j.ptq.EngineComparisonReport;
import io.github.quant4j.ptq.EngineFigures;
import io.github.quant4j.ptq.EngineKind;
import io.github.quant4j.ptq.EngineRecommendation;
import io.github.quant4j.ptq.EngineRow;
import io.github.quant4j.ptq.EngineSpeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonOutputTest {
  private static final EngineSpeed SPEED = new EngineSpeed(0.5, 2000, Optional.empty(), List.of());

  @Test
  void writeText_showsFilesTableAndNotes() {
    TextLines text = new TextLines();
    output(Optional.of(SPEED), false).writeText(text);

    assertThat(text.toString().lines())
        .contains(
            "file         model.onnx, 2,048 bytes",
            "note         INT8 takes samples; give them with --data")
        .anyMatch(line -> line.startsWith("FP16") && line.contains("0.5000"));
  }

  @Test
  void writeJson_holdsTheReport() throws IOException {
    Map<String, @Nullable Object> json =
        JsonTree.object(JsonText.of(output(Optional.of(SPEED), true)));

    assertThat(json.keySet()).containsExactly("command", "files", "comparison", "notes");
    assertThat(json)
        .containsEntry("files", List.of(Map.of("file", "model.onnx", "bytes", 2048L)))
        .containsEntry("notes", List.of());
    assertThat(String.valueOf(json.get("comparison"))).contains("engine=FP16", "verdict=baseline");
  }

  @Test
  void requireTimed_noEngineTimed_fails() {
    assertThatCode(() -> output(Optional.of(SPEED), true).requireTimed())
        .doesNotThrowAnyException();
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> output(Optional.empty(), true).requireTimed())
        .withMessageStartingWith("no engine could be timed");
  }

  private static ComparisonOutput output(Optional<EngineSpeed> speed, boolean hasSamples) {
    EngineRow row =
        new EngineRow(
            "FP16",
            Optional.of(EngineKind.FP16),
            new EngineFigures(Optional.empty(), Optional.empty(), speed),
            Optional.empty());
    return new ComparisonOutput(
        List.of(new FileSize(Path.of("model.onnx"), 2048)),
        new EngineComparisonReport(
            new ComparisonEnvironment("GPU", "13.0", "12.6", "10.6.0"),
            8,
            List.of(row),
            new EngineRecommendation(
                EngineRecommendation.Verdict.BASELINE, Optional.of("FP16"), "FP16: none faster")),
        hasSamples);
  }
}
