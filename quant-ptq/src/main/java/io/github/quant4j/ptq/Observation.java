/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationReport;
import io.github.quant4j.calibration.CalibrationReport.Ending;
import io.github.quant4j.calibration.CalibrationResult;
import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.Convergence;
import io.github.quant4j.calibration.OnnxRuntime;
import io.github.quant4j.core.LibraryVersion;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.Provenance;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.half.ConvertToHalf;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Runs samples through a model and observes what a quantization needs to know of it.
 *
 * @param normalised the normalised model, not changed
 * @param modelDigest the digest of the model as the user gave it
 * @param settings what to observe and how
 */
record Observation(OnnxModel normalised, String modelDigest, QuantizationSettings settings) {
  /** Returns the tensors to observe. */
  static SortedSet<String> points(
      OnnxModel normalised, QuantizationPlan plan, QuantizationSettings settings) {
    SortedSet<String> points = new TreeSet<>(plan.observationPoints());
    if (settings.mode() == BuildMode.STRONGLY_TYPED) {
      points.addAll(ConvertToHalf.observationPoints(normalised));
    }
    return points;
  }

  /**
   * Observes the samples that a source still holds.
   *
   * @return the table, its ranges chosen and its origin stated, and a report
   */
  CalibrationResult run(QuantizationPlan plan, boolean hasHistograms, CalibrationSource samples)
      throws IOException {
    SortedSet<String> points = points(normalised, plan, settings);
    if (points.isEmpty()) {
      return nothing();
    }
    OnnxModel observed = normalised.copy();
    ExposeObservationPoints.of(points).run(observed);
    try (StagedModel staged = StagedModel.of(observed);
        Calibrator calibrator =
            settings.calibration().apply(builder(staged, points, hasHistograms)).build()) {
      CalibrationResult result = calibrator.calibrate(samples);
      return new CalibrationResult(settings.ranges().applyTo(result.table()), result.report());
    }
  }

  private Calibrator.Builder builder(
      StagedModel staged, SortedSet<String> points, boolean hasHistograms) {
    return staged
        .calibrator(points)
        .settings(settings.session())
        .histograms(hasHistograms)
        .provenance(provenance())
        .listener(settings.listener());
  }

  private CalibrationResult nothing() {
    return new CalibrationResult(
        CalibrationTable.builder().provenance(provenance()).build(),
        new CalibrationReport(
            0, 0, Ending.COMPLETE, Convergence.defaults(), List.of(), new TreeMap<>()));
  }

  private Provenance provenance() {
    return Provenance.builder()
        .modelDigest(modelDigest)
        .method(settings.ranges().name())
        .libraryVersion(LibraryVersion.text())
        .runtimeVersion(OnnxRuntime.version())
        .build();
  }
}
