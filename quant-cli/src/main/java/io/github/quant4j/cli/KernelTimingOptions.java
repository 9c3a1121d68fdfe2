/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.tensorrt.EngineBuilder;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How TensorRT times kernels while it builds an engine, and where it keeps what it measured. */
final class KernelTimingOptions {
  static final String TIMING_CACHE = "--timing-cache";
  static final String TIMING_ITERATIONS = "--timing-iterations";

  @Option(
      names = TIMING_CACHE,
      paramLabel = "FILE",
      description =
          "Keep what builds measure in this file; one for each GPU in the user's cache folder"
              + " unless given.")
  private @Nullable Path timingCache;

  @Option(
      names = TIMING_ITERATIONS,
      paramLabel = "N",
      converter = PositiveNumber.class,
      description =
          "Time every kernel that is tried so often, so that chance has less part in the choice; 1"
              + " unless given, 8 in trtexec.")
  private int timingIterations = 1;

  /** Returns the file that is kept, if one was named. */
  Optional<Path> file() {
    return Optional.ofNullable(timingCache);
  }

  /** Returns a builder with these options. */
  EngineBuilder applyTo(EngineBuilder builder) {
    EngineBuilder changed = builder.timingIterations(timingIterations);
    return file().map(changed::timingCache).orElse(changed);
  }
}
