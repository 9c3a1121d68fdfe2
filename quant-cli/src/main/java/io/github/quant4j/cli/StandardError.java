/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/**
 * The standard error of this process.
 *
 * <p>Java cannot tell what standard error is: {@link System#console()} looks at standard input and
 * output only, and exists on Java 22 and later even where both are pipes. So the question goes to
 * {@code test -t 2} of the POSIX shell, run with the same standard error. Where there is no such
 * shell, as on Windows, the answer is no.
 */
final class StandardError {
  private StandardError() {}

  /** Tells whether standard error is a terminal that can rewrite a line. */
  static boolean isTerminal() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      Process test =
          new ProcessBuilder("/bin/sh", "-c", "test -t 2").redirectError(Redirect.INHERIT).start();
      return test.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
