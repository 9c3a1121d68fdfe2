/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BenchFilesTest {
  @Test
  void name_isThatOfTheFileUnlessTwoHaveIt() {
    BenchFile first = new BenchFile(Path.of("a/e.plan"), Optional.empty());
    BenchFile second = new BenchFile(Path.of("b/e.plan"), Optional.empty());
    BenchFile third = new BenchFile(Path.of("b/f.plan"), Optional.empty());
    BenchFiles files = new BenchFiles(List.of(first, second, third));

    assertThat(files.all())
        .extracting(files::name)
        .containsExactly("a/e.plan", "b/e.plan", "f.plan");
  }
}
