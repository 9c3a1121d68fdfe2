/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandardErrorTest {
  @Test
  void isTerminal_standardErrorIsAFile_isFalse(@TempDir Path folder)
      throws IOException, InterruptedException {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StandardErrorTest.class.getName())
            .redirectError(folder.resolve("err.txt").toFile())
            .start();

    assertThat(java.waitFor()).isEqualTo(3);
    assertThat(folder.resolve("err.txt")).isEmptyFile();
  }

  /** Ends with 2 where standard error is a terminal and with 3 where it is not. */
  public static void main(String[] args) {
    System.exit(StandardError.isTerminal() ? 2 : 3);
  }
}
