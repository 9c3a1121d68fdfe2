/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.ptq.CheckedBuild;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say how a new engine is compared with ONNX Runtime. */
final class CheckOptions {
  /** The name of the option that gives samples to compare on. */
  static final String CHECK = "--check";

  private static final String NO_CHECK = "--no-check";
  private static final String MIN_SQNR = "--min-sqnr";

  @Option(
      names = CHECK,
      paramLabel = "SOURCE",
      description =
          "Compare the answers of the engine with those of ONNX Runtime on these samples, in the"
              + " forms of --data; on some of --data or on random numbers unless given.")
  private @Nullable Path samples;

  @Option(names = NO_CHECK, description = "Write the engine whatever it answers.")
  private boolean isSkipped;

  @Option(
      names = MIN_SQNR,
      paramLabel = "DB",
      converter = FiniteNumber.class,
      description =
          "Write no engine when the SQNR of an output is below this many decibels; unless given 40"
              + " for fp32, 20 for other floats, 10 for int8 of Q/DQ pairs and 5 for int8 of"
              + " ranges.")
  private @Nullable Double minimumSqnr;

  /** Returns the samples, null where none are given. */
  @Nullable Path samples() {
    return samples;
  }

  /** Returns the files that are read. */
  List<Path> files() {
    return samples == null ? List.of() : List.of(samples);
  }

  /** Makes sure that the options go together. */
  void requireConsistent(CommandSpec command) {
    if (isSkipped && (samples != null || minimumSqnr != null)) {
      throw new ParameterException(
          command.commandLine(),
          (samples == null ? MIN_SQNR : CHECK)
              + " and "
              + NO_CHECK
              + " exclude one another; remove one");
    }
  }

  /**
   * Returns a build that compares as asked for.
   *
   * @param given the samples to compare on where such are given
   * @param others those to take where not, null for random numbers
   */
  CheckedBuild applyTo(
      CheckedBuild build, CalibrationSource given, @Nullable CalibrationSource others) {
    if (isSkipped) {
      return build.unchecked();
    }
    CalibrationSource chosen = samples == null ? others : given;
    CheckedBuild changed = chosen == null ? build : build.samples(chosen);
    return minimumSqnr == null ? changed : changed.minimumSqnr(minimumSqnr);
  }
}
