/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of the file a command is to write, made before the work begins. */
final class OutputFile {
  private OutputFile() {}

  /** Tells whether two paths lead to one file, by links and by relative paths too. */
  static boolean isSame(Path output, Path input) throws IOException {
    if (Files.exists(output) && Files.exists(input)) {
      return Files.isSameFile(output, input);
    }
    return output.toAbsolutePath().normalize().equals(input.toAbsolutePath().normalize());
  }

  /** Makes sure that the output would not be written over an input. */
  static void requireOther(CommandSpec command, Path output, Path input, String what)
      throws IOException {
    if (isSame(output, input)) {
      throw new ParameterException(
          command.commandLine(),
          "output \""
              + output
              + "\" is the same file as "
              + what
              + " \""
              + input
              + "\"; expected another path, give one with -o");
    }
  }

  /** Makes sure that a new file can take the place of the output, by making one beside it. */
  static void requireWritable(Path output) {
    if (Files.exists(output) && !Files.isRegularFile(output)) {
      throw unwritable(output, "it exists and is not a regular file", null);
    }
    if (Files.exists(output) && !Files.isWritable(output)) {
      throw unwritable(output, "it exists and is write-protected", null);
    }
    Path target = output.toAbsolutePath();
    Path directory = Objects.requireNonNull(target.getParent(), "a file has a directory");
    if (!Files.isDirectory(directory)) {
      throw unwritable(output, "there is no directory \"" + directory + "\"", null);
    }
    try {
      Files.delete(Files.createTempFile(directory, "." + target.getFileName(), ".part"));
    } catch (IOException e) {
      throw unwritable(
          output, "no file can be made in \"" + directory + "\" (" + reason(e) + ")", e);
    }
  }

  /** Returns what the file system says, which often is nothing but the kind of the failure. */
  private static String reason(IOException failure) {
    String reason = failure instanceof FileSystemException known ? known.getReason() : null;
    return reason == null ? failure.getClass().getSimpleName() : reason;
  }

  private static CommandException unwritable(
      Path output, String found, @Nullable IOException cause) {
    String message =
        "cannot write \""
            + output
            + "\": "
            + found
            + "; expected a file path in an existing, writable directory";
    return cause == null ? new CommandException(message) : new CommandException(message, cause);
  }
}
