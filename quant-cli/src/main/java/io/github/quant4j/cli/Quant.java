/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;

/**
 * The entry point of the {@code quant} command.
 *
 * <p>Exit codes: 0 when the work was done, 1 when it failed or a check did not hold, 2 for wrong
 * usage. A failure is one line on standard error; {@code --debug} adds the stack trace and the log.
 */
public final class Quant {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  private static final String DEBUG = "--debug";

  /** Of JavaCPP, in the spelling that gives way to the one that users know. */
  private static final String MEMORY_LIMIT = "org.bytedeco.javacpp.maxphysicalbytes";

  private Quant() {}

  /**
   * Runs the command and ends the JVM with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    if (List.of(args).contains(DEBUG)) {
      // Read by slf4j-simple when the first logger is made, which is after this.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    }
    // JavaCPP would end a build at four times the Java heap, and TensorRT takes its memory
    // elsewhere.
    System.getProperties().putIfAbsent(MEMORY_LIMIT, "0");
    System.exit(run(args, new CommandStreams(System.out, System.err, StandardError::isTerminal)));
  }

  /**
   * Runs the command.
   *
   * @return the exit code
   */
  static int run(String[] args, CommandStreams streams) {
    boolean debug = List.of(args).contains(DEBUG);
    CommandLine line = commandLine(streams);
    line.setParameterExceptionHandler(
        (e, ignored) -> fail(streams, debug, ErrorLine.ofUsage(e), e, WRONG_USAGE));
    line.setExecutionExceptionHandler(
        (e, command, ignored) -> fail(streams, debug, ErrorLine.of(e), e, FAILED));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError | LinkageError e) {
      return fail(streams, debug, ErrorLine.of(e), e, FAILED);
    } finally {
      streams.out().flush();
      streams.err().flush();
    }
  }

  /** Returns the parser; what it prints itself, usage and version, is ASCII. */
  static CommandLine commandLine(CommandStreams streams) {
    return new CommandLine(new QuantCommand(streams))
        .addSubcommand(new QuantizeCommand(streams))
        .addSubcommand(new CalibrateCommand(streams))
        .addSubcommand(
            new CommandLine(new TableCommand(streams))
                .addSubcommand(new TableConvertCommand(streams))
                .addSubcommand(new TableMergeCommand(streams)))
        .addSubcommand(new VerifyCommand(streams))
        .addSubcommand(new RepairCommand(streams))
        .addSubcommand(new BuildCommand(streams))
        .addSubcommand(new BenchCommand(streams))
        .addSubcommand(new InspectCommand(streams))
        .addSubcommand(new LintCommand(streams))
        .setOut(new PrintWriter(streams.out(), true, US_ASCII))
        .setErr(new PrintWriter(streams.err(), true, US_ASCII))
        .setExpandAtFiles(false);
  }

  private static int fail(
      CommandStreams streams, boolean debug, String line, Throwable failure, int exitCode) {
    if (debug) {
      failure.printStackTrace(streams.err());
    }
    streams.err().println(line);
    return exitCode;
  }
}
