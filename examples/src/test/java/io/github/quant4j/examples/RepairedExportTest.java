/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.lint.Linter;
import io.github.quant4j.ptq.TopOneAccuracy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairedExportTest {

  @Test
  void run_wholeExample_bringsTheAnswersBackAndPrintsEveryFigure(@TempDir Path folder)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    TopOneAccuracy topOne =
        RepairedExport.run(folder, new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(topOne.reference()).isLessThan(0.3);
    assertThat(topOne.quantized()).isBetween(0.93, 0.95);
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .anyMatch(line -> line.matches("lint     \\d+ errors, \\d+ warnings, \\d+ notes"))
        .contains("after    DequantizeLinear int8 45, QuantizeLinear int8 23")
        .anyMatch(
            line -> line.matches("top-1    exported 0\\.2\\d+, repaired 0\\.9\\d+ on 200 .*"));
    OnnxModel written = OnnxModel.read(folder.resolve("resnet20_repaired.onnx"));
    assertThat(Linter.create().lint(written).hasErrors()).isFalse();
  }
}
