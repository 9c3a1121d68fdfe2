/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ErrorLineTest {
  @Test
  void of_ownFailure_isItsMessage() {
    assertThat(ErrorLine.of(new CommandException("it broke"))).isEqualTo("quant: it broke");
  }

  @Test
  void of_messageOfSeveralLines_isOneLineWithoutControlCharacters() {
    assertThat(ErrorLine.of(new CommandException("a\r\nb\u001b[2Jc\u2028d\n")))
        .isEqualTo("quant: a b [2Jc d");
  }

  @Test
  void of_accessDenied_saysSo() {
    assertThat(ErrorLine.of(new AccessDeniedException("x.onnx")))
        .isEqualTo(
            "quant: \"x.onnx\" may not be read or written: permission denied; check its"
                + " permissions");
  }

  @Test
  void of_missingFileWithoutReason_saysSo() {
    assertThat(ErrorLine.of(new NoSuchFileException("x.npz")))
        .isEqualTo("quant: \"x.npz\" does not exist; check the path");
  }

  @Test
  void of_fileProblemWithReason_givesTheReason() {
    assertThat(ErrorLine.of(new FileSystemException("x", null, "No space left on device")))
        .isEqualTo("quant: x: No space left on device");
  }

  @Test
  void of_fileProblemWithoutReason_namesItsKind() {
    assertThat(ErrorLine.of(new FileSystemException("x")))
        .isEqualTo("quant: \"x\" could not be read or written (FileSystemException)");
  }

  @Test
  void of_otherReadFailure_isItsMessage() {
    assertThat(ErrorLine.of(new IOException("broken pipe"))).isEqualTo("quant: broken pipe");
  }

  @Test
  void of_outOfMemory_saysHowToGiveMore() {
    assertThat(ErrorLine.of(new OutOfMemoryError()))
        .matches("quant: out of memory with a Java heap of \\d+ MiB; give more with .*");
  }

  @Test
  void of_unexpectedFailure_asksForAReport() {
    assertThat(ErrorLine.of(new IllegalStateException()))
        .isEqualTo(
            "quant: internal error IllegalStateException: IllegalStateException; run again with"
                + " --debug and report the stack trace");
  }
}
