/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationListener;
import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.qdq.WeightForm;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a user chose of a quantization. Not changed once it is handed out; {@code with...} returns a
 * changed copy.
 */
final class QuantizationSettings {
  /** What shows on a few samples is 2 to 4 dB more than on others; 20 dB is a safe result. */
  private static final double USUAL_ACCURACY_TARGET = 24;

  private QdqPlanner planner = QdqPlanner.create();
  private Target target = Target.TENSORRT;
  private BuildMode mode = BuildMode.WEAKLY_TYPED;
  private WeightForm weightForm = WeightForm.INT8;
  private double accuracyTarget = USUAL_ACCURACY_TARGET;
  private @Nullable Double smallestInt8Share;
  private boolean hasBiasCorrection = true;
  private boolean hasClassifierAsConvolution;
  private RangeChoice ranges = RangeChoice.EXTREMES;
  private SessionSettings session = SessionSettings.defaults();
  private CalibrationListener listener = progress -> {};
  private UnaryOperator<Calibrator.Builder> calibration = UnaryOperator.identity();
  private @Nullable GivenTable table;

  private QuantizationSettings() {}

  static QuantizationSettings defaults() {
    return new QuantizationSettings();
  }

  private QuantizationSettings with(Consumer<QuantizationSettings> change) {
    QuantizationSettings copy = new QuantizationSettings();
    copy.planner = planner;
    copy.target = target;
    copy.mode = mode;
    copy.weightForm = weightForm;
    copy.accuracyTarget = accuracyTarget;
    copy.smallestInt8Share = smallestInt8Share;
    copy.hasBiasCorrection = hasBiasCorrection;
    copy.hasClassifierAsConvolution = hasClassifierAsConvolution;
    copy.ranges = ranges;
    copy.session = session;
    copy.listener = listener;
    copy.calibration = calibration;
    copy.table = table;
    change.accept(copy);
    return copy;
  }

  /** Returns the planner, made for the target. */
  QdqPlanner planner() {
    return planner;
  }

  QuantizationSettings withPlanner(QdqPlanner changed) {
    return with(copy -> copy.planner = changed);
  }

  /** Returns the runtime the model is for. */
  Target target() {
    return target;
  }

  QuantizationSettings withTarget(Target runtime) {
    return with(
        copy -> {
          copy.planner = planner.forTarget(runtime);
          copy.target = runtime;
        });
  }

  /** Returns how TensorRT is to build the model. */
  BuildMode mode() {
    return mode;
  }

  QuantizationSettings withMode(BuildMode wanted) {
    return with(copy -> copy.mode = wanted);
  }

  /** Returns how weights are stored. */
  WeightForm weightForm() {
    return weightForm;
  }

  QuantizationSettings withWeightForm(WeightForm form) {
    return with(copy -> copy.weightForm = form);
  }

  /**
   * Returns the ratio of signal to noise to keep, in decibels; at 0 and below nothing is measured.
   */
  double accuracyTarget() {
    return accuracyTarget;
  }

  QuantizationSettings withAccuracyTarget(double decibels) {
    return with(copy -> copy.accuracyTarget = decibels);
  }

  /** Returns the part of the multiply-adds to keep in INT8, empty for the default. */
  OptionalDouble smallestInt8Share() {
    return smallestInt8Share == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(smallestInt8Share);
  }

  QuantizationSettings withSmallestInt8Share(double share) {
    return with(copy -> copy.smallestInt8Share = share);
  }

  /** Tells whether biases are corrected where that helps. */
  boolean hasBiasCorrection() {
    return hasBiasCorrection;
  }

  QuantizationSettings withBiasCorrection(boolean wanted) {
    return with(copy -> copy.hasBiasCorrection = wanted);
  }

  /** Tells whether a classifier behind a global average pool becomes a convolution. */
  boolean hasClassifierAsConvolution() {
    return hasClassifierAsConvolution;
  }

  QuantizationSettings withClassifierAsConvolution(boolean wanted) {
    return with(copy -> copy.hasClassifierAsConvolution = wanted);
  }

  /** Returns how ranges of activations are chosen. */
  RangeChoice ranges() {
    return ranges;
  }

  QuantizationSettings withRanges(RangeChoice choice) {
    return with(copy -> copy.ranges = choice);
  }

  /** Returns how the samples are run. */
  SessionSettings session() {
    return session;
  }

  QuantizationSettings withSession(SessionSettings settings) {
    return with(copy -> copy.session = settings);
  }

  /** Returns who is told of each batch. */
  CalibrationListener listener() {
    return listener;
  }

  QuantizationSettings withListener(CalibrationListener told) {
    return with(copy -> copy.listener = told);
  }

  /** Returns what is changed of the calibrator before it is built. */
  UnaryOperator<Calibrator.Builder> calibration() {
    return calibration;
  }

  QuantizationSettings withCalibration(UnaryOperator<Calibrator.Builder> change) {
    return with(copy -> copy.calibration = change);
  }

  /** Returns the table to take ranges from, empty where they are observed. */
  Optional<GivenTable> table() {
    return Optional.ofNullable(table);
  }

  QuantizationSettings withTable(GivenTable given) {
    return with(copy -> copy.table = given);
  }
}
