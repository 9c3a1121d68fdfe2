/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CalibrationStateTest {

  private static final Convergence CRITERION = Convergence.defaults();
  private static final Set<String> TENSORS = Set.of("a", "b");
  private static final CalibrationState STATE = state();
  private static final Path FILE = Path.of("run.checkpoint");

  @Test
  void requireSameAcceptsWhatDoesNotEnterTheState() {
    Convergence other = CRITERION.withEarlyStop(true).withMinimumSampleCount(7);
    assertThatCode(
            () -> STATE.requireSame(FILE, new CalibrationSetup("sha256:1", TENSORS, true, other)))
        .doesNotThrowAnyException();
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of(
            new CalibrationSetup("sha256:2", TENSORS, true, CRITERION),
            "model, parameters or policy: found sha256:1, expected sha256:2"),
        Arguments.of(
            new CalibrationSetup("sha256:1", Set.of("b", "c", "d", "e", "f"), true, CRITERION),
            "observed tensors: found 2 with [a], expected 5 with [c, d, e] and 1 more"),
        Arguments.of(
            new CalibrationSetup("sha256:1", Set.of("a"), true, CRITERION),
            "observed tensors: found 2 with [b], expected 1"),
        Arguments.of(
            new CalibrationSetup("sha256:1", TENSORS, false, CRITERION),
            "histograms: found on, expected off"),
        Arguments.of(
            new CalibrationSetup("sha256:1", TENSORS, true, CRITERION.withThreshold(0.5)),
            "convergence threshold: found 0.01, expected 0.5"),
        Arguments.of(
            new CalibrationSetup("sha256:1", TENSORS, true, CRITERION.withWindow(3)),
            "convergence window: found 10, expected 3"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void requireSameNamesWhatDiffers(CalibrationSetup run, String difference) {
    assertThatThrownBy(() -> STATE.requireSame(FILE, run))
        .isInstanceOf(CalibrationException.class)
        .hasMessage(
            "checkpoint 'run.checkpoint' was written for another run: %s; calibrate as it was "
                + "begun, or delete the checkpoint to start over",
            difference);
  }

  private static CalibrationState state() {
    TreeMap<String, TensorState> tensors = new TreeMap<>();
    TENSORS.forEach(tensor -> tensors.put(tensor, new TensorState(0, Optional.empty())));
    ConvergenceState convergence = new ConvergenceTracker(CRITERION, TENSORS).state();
    return new CalibrationState("sha256:1", true, 0, 0, tensors, convergence);
  }
}
