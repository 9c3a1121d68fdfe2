/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Writes a checkpoint of 100 KB, or ends with status 3 and the message of the failure. */
final class CheckpointProgram {

  private CheckpointProgram() {}

  /** Takes the path of the checkpoint. */
  public static void main(String[] arguments) {
    TreeMap<String, TensorState> tensors = new TreeMap<>();
    TreeMap<String, RangeHistory> histories = new TreeMap<>();
    IntStream.range(0, 100)
        .mapToObj(tensor -> String.join("", Collections.nCopies(500, "t")) + tensor)
        .forEach(
            tensor -> {
              tensors.put(tensor, new TensorState(0, Optional.empty()));
              histories.put(tensor, RangeHistory.NONE);
            });
    ConvergenceState convergence = new ConvergenceState(0, 1, histories);
    try {
      CheckpointFile.write(
          Path.of(arguments[0]), new CalibrationState("m", false, 0, 0, tensors, convergence));
    } catch (IOException e) {
      System.out.println(e.getMessage());
      System.exit(3);
    }
  }
}
