/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Arrays;

/** The calibrators that TensorRT has, with the word that each writes into its caches. */
enum CalibrationAlgorithm {
  ENTROPY_2("EntropyCalibration2"),
  ENTROPY("EntropyCalibration"),
  MIN_MAX("MinMaxCalibration");

  private final String word;

  CalibrationAlgorithm(String word) {
    this.word = word;
  }

  /** The first line of a cache that a version of TensorRT takes. */
  String header(int libraryVersion) {
    return "TRT-" + libraryVersion + "-" + word;
  }

  String word() {
    return word;
  }

  /** Whether a cache is known to be of another calibrator; of a word never seen nobody can tell. */
  boolean excludes(String otherWord) {
    return !word.equals(otherWord)
        && Arrays.stream(values()).anyMatch(algorithm -> algorithm.word.equals(otherWord));
  }
}
