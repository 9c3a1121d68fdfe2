/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;

/** What one pass over the batches does. */
enum CostMode {
  /** Inference, its outputs read by the program. */
  PLAIN,
  /** Calibration that keeps extremes. */
  MINMAX,
  /** Calibration that keeps histograms, then chooses ranges by three methods. */
  ALL;

  /** Loads the model for this mode. */
  CostPass open(CostSubject subject, int threadCount) {
    if (this == PLAIN) {
      return new CostPass.Inference(
          InferenceSession.open(
              subject.plainModel(), SessionSettings.defaults().withThreadCount(threadCount)));
    }
    return new CostPass.Calibration(
        Calibrator.builder(subject.observationModel(), subject.observationPoints())
            .threadCount(threadCount)
            .histograms(this == ALL)
            .build(),
        this == ALL);
  }
}
