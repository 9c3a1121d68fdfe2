/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationListener;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.qdq.WeightForm;
import java.util.OptionalDouble;

/**
 * What a user chose of a quantization.
 *
 * @param planner the planner, made for the target
 * @param target the runtime the model is for
 * @param mode how TensorRT is to build it
 * @param weightForm how weights are stored
 * @param accuracyTarget the ratio of signal to noise to keep at the outputs, in decibels; nothing
 *     is measured at 0 and below
 * @param smallestInt8Share the part of the multiply-adds to keep in INT8, empty for the default
 * @param hasBiasCorrection whether biases are corrected where that helps
 * @param ranges how ranges of activations are chosen
 * @param session how the samples are run
 * @param listener told of each batch
 */
record QuantizationSettings(
    QdqPlanner planner,
    Target target,
    BuildMode mode,
    WeightForm weightForm,
    double accuracyTarget,
    OptionalDouble smallestInt8Share,
    boolean hasBiasCorrection,
    RangeChoice ranges,
    SessionSettings session,
    CalibrationListener listener) {
  /** What shows on a few samples is 2 to 4 dB more than on others; 20 dB is a safe result. */
  private static final double USUAL_ACCURACY_TARGET = 24;

  static QuantizationSettings defaults() {
    return new QuantizationSettings(
        QdqPlanner.create(),
        Target.TENSORRT,
        BuildMode.WEAKLY_TYPED,
        WeightForm.INT8,
        USUAL_ACCURACY_TARGET,
        OptionalDouble.empty(),
        true,
        RangeChoice.EXTREMES,
        SessionSettings.defaults(),
        progress -> {});
  }

  QuantizationSettings withPlanner(QdqPlanner changed) {
    return new QuantizationSettings(
        changed,
        target,
        mode,
        weightForm,
        accuracyTarget,
        smallestInt8Share,
        hasBiasCorrection,
        ranges,
        session,
        listener);
  }

  QuantizationSettings withTarget(Target runtime) {
    return new QuantizationSettings(
        planner.forTarget(runtime),
        runtime,
        mode,
        weightForm,
        accuracyTarget,
        smallestInt8Share,
        hasBiasCorrection,
        ranges,
        session,
        listener);
  }

  QuantizationSettings withMode(BuildMode wanted) {
    return new QuantizationSettings(
        planner,
        target,
        wanted,
        weightForm,
        accuracyTarget,
        smallestInt8Share,
        hasBiasCorrection,
        ranges,
        session,
        listener);
  }

  QuantizationSettings withWeightForm(WeightForm form) {
    return new QuantizationSettings(
        planner,
        target,
        mode,
        form,
        accuracyTarget,
        smallestInt8Share,
        hasBiasCorrection,
        ranges,
        session,
        listener);
  }

  QuantizationSettings withAccuracyTarget(double decibels) {
    return new QuantizationSettings(
        planner,
        target,
        mode,
        weightForm,
        decibels,
        smallestInt8Share,
        hasBiasCorrection,
        ranges,
        session,
        listener);
  }

  QuantizationSettings withSmallestInt8Share(OptionalDouble share) {
    return new QuantizationSettings(
        planner,
        target,
        mode,
        weightForm,
        accuracyTarget,
        share,
        hasBiasCorrection,
        ranges,
        session,
        listener);
  }

  QuantizationSettings withBiasCorrection(boolean wanted) {
    return new QuantizationSettings(
        planner,
        target,
        mode,
        weightForm,
        accuracyTarget,
        smallestInt8Share,
        wanted,
        ranges,
        session,
        listener);
  }

  QuantizationSettings withRanges(RangeChoice choice) {
    return new QuantizationSettings(
        planner,
        target,
        mode,
        weightForm,
        accuracyTarget,
        smallestInt8Share,
        hasBiasCorrection,
        choice,
        session,
        listener);
  }

  QuantizationSettings withSession(SessionSettings settings) {
    return new QuantizationSettings(
        planner,
        target,
        mode,
        weightForm,
        accuracyTarget,
        smallestInt8Share,
        hasBiasCorrection,
        ranges,
        settings,
        listener);
  }

  QuantizationSettings withListener(CalibrationListener told) {
    return new QuantizationSettings(
        planner,
        target,
        mode,
        weightForm,
        accuracyTarget,
        smallestInt8Share,
        hasBiasCorrection,
        ranges,
        session,
        told);
  }
}
