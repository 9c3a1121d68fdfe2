/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where a calibration run stands after a batch: all that a later run needs to go on as if it had
 * never stopped. Immutable.
 *
 * @param modelDigest the digest of the model
 * @param hasHistograms whether histograms are kept
 * @param batchCount how many batches were observed
 * @param sampleCount how many samples they held, the position in the source
 * @param tensors what is known of every observed tensor by name
 * @param convergence how the ranges of the same tensors moved
 */
record CalibrationState(
    String modelDigest,
    boolean hasHistograms,
    long batchCount,
    long sampleCount,
    SortedMap<String, TensorState> tensors,
    ConvergenceState convergence) {

  private static final int LISTED = 3;

  CalibrationState {
    requireNonNull(modelDigest, "modelDigest");
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    if (batchCount < 0 || sampleCount < 0) {
      throw new IllegalArgumentException(
          "state counts %s batches and %s samples, expected 0 or more"
              .formatted(batchCount, sampleCount));
    }
    if (!tensors.keySet().equals(convergence.histories().keySet())) {
      throw new IllegalArgumentException(
          "convergence is of tensors %s, expected %s"
              .formatted(convergence.histories().keySet(), tensors.keySet()));
    }
    for (TensorState tensor : tensors.values()) {
      if (tensor.calibration().isPresent() && tensor.hasHistogram() != hasHistograms) {
        throw new IllegalArgumentException(
            "%s, expected %s histogram".formatted(tensor, hasHistograms ? "a" : "no"));
      }
    }
  }

  /**
   * Checks that a run goes on with the model, the tensors and the options that this state is of.
   *
   * @param checkpoint where the state was read, for the message
   * @param run what the run is to observe
   * @throws CalibrationException if anything that decides the outcome differs
   */
  void requireSame(Path checkpoint, CalibrationSetup run) {
    require(checkpoint, "model, parameters or policy", modelDigest, run.modelDigest());
    if (!tensors.keySet().equals(run.tensors())) {
      require(
          checkpoint,
          "observed tensors",
          tensors.size() + differing(tensors.keySet(), run.tensors()),
          run.tensors().size() + differing(run.tensors(), tensors.keySet()));
    }
    require(checkpoint, "histograms", onOrOff(hasHistograms), onOrOff(run.hasHistograms()));
    require(
        checkpoint,
        "convergence threshold",
        convergence.threshold(),
        run.convergence().threshold());
    require(checkpoint, "convergence window", convergence.window(), run.convergence().window());
  }

  private static String onOrOff(boolean isOn) {
    return isOn ? "on" : "off";
  }

  private static String differing(Set<String> tensors, Set<String> others) {
    Set<String> alone = new TreeSet<>(tensors);
    alone.removeAll(others);
    if (alone.isEmpty()) {
      return "";
    }
    return " with "
        + alone.stream().limit(LISTED).toList()
        + (alone.size() > LISTED ? " and %s more".formatted(alone.size() - LISTED) : "");
  }

  private static void require(Path checkpoint, String what, Object found, Object expected) {
    if (!found.equals(expected)) {
      throw new CalibrationException(
          "checkpoint '%s' was written for another run: %s: found %s, expected %s; %s"
              .formatted(
                  checkpoint,
                  what,
                  found,
                  expected,
                  "calibrate as it was begun, or delete the checkpoint to start over"));
    }
  }
}
