/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A run of the command in this process, standard error being no terminal. */
record CommandRun(int exitCode, String out, String err) {
  /** Runs the command; arguments are turned into text. */
  static CommandRun of(Object... args) {
    return of(false, args);
  }

  /** Runs the command as on a terminal. */
  static CommandRun onTerminal(Object... args) {
    return of(true, args);
  }

  private static CommandRun of(boolean terminal, Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Quant.run(
            Arrays.stream(args).map(Object::toString).toArray(String[]::new),
            new CommandStreams(print(out), print(err), () -> terminal));
    return new CommandRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, false, StandardCharsets.UTF_8);
  }
}
