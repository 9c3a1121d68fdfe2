/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DefectTest {
  private static final Path GUIDE = Path.of("..", "docs", "repair.md");

  @ParameterizedTest
  @EnumSource
  void guide_namesTheDefectWithItsSeverity(Defect defect) throws IOException {
    Matcher entry =
        Pattern.compile("\\*\\*[^*]*\\b" + defect.id() + "\\b[^*]*\\*\\*\\s\\((\\w+)\\)")
            .matcher(Files.readString(GUIDE));

    assertThat(entry.find()).as("an entry for " + defect.id()).isTrue();
    assertThat(entry.group(1)).isEqualTo(defect.severity().name().toLowerCase(Locale.ROOT));
  }

  @Test
  void ids_differ() {
    assertThat(Arrays.stream(Defect.values()).map(Defect::id)).doesNotHaveDuplicates();
  }
}
