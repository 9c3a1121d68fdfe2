/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says how many threads ONNX Runtime may use. */
final class ThreadOption {
  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "Run on N threads; one per core unless given.")
  private @Nullable Integer threads;

  /** Returns the number of threads, 0 for the runtime's choice. */
  int count() {
    return threads == null ? 0 : threads;
  }
}
