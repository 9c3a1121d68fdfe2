/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.QuantizationException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts a failure into the one line a user reads: {@code quant: } and what went wrong. */
final class ErrorLine {
  /** Line breaks, and whatever else from a file's name or contents could drive a terminal. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]+");

  private ErrorLine() {}

  /** Returns the line for wrong usage, which points to the help. */
  static String ofUsage(ParameterException failure) {
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    return line(
        decapitalized(message(failure)) + suggestion(failure) + "; see \"" + command + " --help\"");
  }

  /** Returns the line for work that failed. */
  static String of(Throwable failure) {
    if (failure instanceof QuantizationException) {
      return line(message(failure));
    }
    if (failure instanceof FileSystemException file) {
      return line(fileProblem(file));
    }
    if (failure instanceof IOException) {
      return line(message(failure));
    }
    if (failure instanceof OutOfMemoryError) {
      return line(
          "out of memory with a Java heap of "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB; give more with \"java -Xmx\" or use a smaller --batch");
    }
    return line(
        "internal error "
            + failure.getClass().getSimpleName()
            + ": "
            + message(failure)
            + "; run again with --debug and report the stack trace");
  }

  private static String fileProblem(FileSystemException failure) {
    // The file system's own exceptions hold nothing but the name; ours hold a sentence.
    if (!message(failure).equals(failure.getFile()) || failure.getFile().contains("\"")) {
      return message(failure);
    }
    String file = '"' + failure.getFile() + '"';
    if (failure instanceof AccessDeniedException) {
      return file + " may not be read or written: permission denied; check its permissions";
    }
    if (failure instanceof NoSuchFileException) {
      return file + " does not exist; check the path";
    }
    return file + " could not be read or written (" + failure.getClass().getSimpleName() + ")";
  }

  private static String suggestion(ParameterException failure) {
    List<String> suggestions =
        failure instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    return suggestions.isEmpty() ? "" : "; did you mean " + suggestions.get(0) + "?";
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static String decapitalized(String text) {
    return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }

  private static String line(String text) {
    return "quant: " + CONTROL.matcher(text).replaceAll(" ").strip();
  }
}
