/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanFileTest {
  @ParameterizedTest
  @CsvSource({
    "a.plan, '', true",
    "a.ENGINE, '', true",
    "a.trt, '', true",
    "a.bin, ftrt and more, true",
    "a.bin, ft, false",
    "a.onnx, model, false",
  })
  void is_byNameOrBeginning(String name, String content, boolean expected, @TempDir Path folder)
      throws IOException {
    assertThat(PlanFile.is(Files.writeString(folder.resolve(name), content))).isEqualTo(expected);
  }

  @Test
  void is_missingFile_goesByItsName() throws IOException {
    assertThat(PlanFile.is(Path.of("missing.onnx"))).isFalse();
    assertThat(PlanFile.is(Path.of("missing.plan"))).isTrue();
  }
}
