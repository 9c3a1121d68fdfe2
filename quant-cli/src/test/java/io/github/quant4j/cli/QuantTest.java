/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantTest {
  @Test
  void run_noArguments_printsUsageOnStandardErrorAndFails() {
    CommandRun run = CommandRun.of();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("Usage: quant ")
        .contains("quantize", "calibrate", "table", "verify", "inspect", "lint");
  }

  @Test
  void run_tableWithoutACommand_printsItsUsageAndFails() {
    CommandRun run = CommandRun.of("table");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("Usage: quant table ").contains("convert", "merge");
  }

  @Test
  void run_help_printsUsageOnStandardOutput() {
    CommandRun run = CommandRun.of("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("Usage: quant ").contains("Exit codes:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quantize",
        "calibrate",
        "table convert",
        "table merge",
        "verify",
        "inspect",
        "lint",
        "build",
        "bench"
      })
  void run_helpOfACommand_printsItsUsage(String command) {
    CommandRun run = CommandRun.of((Object[]) (command + " --help").split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: quant " + command + " ").contains("--json");
  }

  @Test
  void run_version_printsTheVersionOfTheBuild() {
    CommandRun run = CommandRun.of("--version");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).matches("quant \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @Test
  void run_debug_addsTheStackTraceOfAFailure() {
    CommandRun run = CommandRun.of("inspect", "missing.onnx", "--debug");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("\tat io.github.quant4j.")
        .containsOnlyOnce("quant: model \"missing.onnx\"");
  }
}
