/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.observer.MinMaxObserver;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The way from a float model to an INT8 one, with ranges from one run in ONNX Runtime. */
final class Calibration {
  private Calibration() {}

  /** Returns the INT8 form of a model that has one input. */
  static OnnxModel quantized(OnnxModel model, Tensor sample, Target target) {
    return quantized(model, sample, target, BuildMode.WEAKLY_TYPED);
  }

  /** Returns the INT8 form of a model that has one input, for a build mode. */
  static OnnxModel quantized(OnnxModel model, Tensor sample, Target target, BuildMode mode) {
    OnnxModel quantized = model.copy();
    PassPipeline.normalization().run(quantized);
    QuantizationPlan plan = Plans.planner().forTarget(target).plan(quantized);
    CalibrationTable table = observed(quantized, plan, sample);
    InsertQuantizeDequantize.of(plan, table, target).withBuildMode(mode).run(quantized);
    return quantized;
  }

  /** Returns the ranges of a plan's observation points over one sample. */
  static CalibrationTable observed(OnnxModel model, QuantizationPlan plan, Tensor sample) {
    Map<String, Tensor> tensors = input(model, sample);
    tensors.putAll(OnnxRuntimeOracle.run(exposed(model, plan), input(model, sample)));
    return table(plan, tensors);
  }

  /** Does the same by a file of the given name, for models of any size. */
  static CalibrationTable observed(OnnxModel model, QuantizationPlan plan, Tensor sample, Path file)
      throws IOException {
    exposed(model, plan).write(file);
    Map<String, Tensor> tensors = input(model, sample);
    tensors.putAll(OnnxRuntimeOracle.run(file, input(model, sample)));
    return table(plan, tensors);
  }

  private static OnnxModel exposed(OnnxModel model, QuantizationPlan plan) {
    OnnxModel observed = model.copy();
    ExposeObservationPoints.of(plan.observationPoints()).run(observed);
    return observed;
  }

  private static Map<String, Tensor> input(OnnxModel model, Tensor sample) {
    return new LinkedHashMap<>(Map.of(model.graph().inputs().get(0).name(), sample));
  }

  private static CalibrationTable table(QuantizationPlan plan, Map<String, Tensor> tensors) {
    CalibrationTable.Builder table = CalibrationTable.builder().sampleCount(1);
    tensors.forEach(
        (name, tensor) -> {
          if (plan.observationPoints().contains(name)) {
            MinMaxObserver observer = MinMaxObserver.create();
            observer.observe(tensor.floats());
            ValueRange range = observer.range().orElseThrow();
            table.put(
                name, new TensorStatistics(range.minimum(), range.maximum(), observer.count(), 0));
          }
        });
    return table.build();
  }

  /** Returns a table that says of every observation point that it lies in [-127, 127]. */
  static CalibrationTable uniform(QuantizationPlan plan) {
    return symmetric(plan, 127);
  }

  /** Returns a table that gives every observation point the same largest absolute value. */
  static CalibrationTable symmetric(QuantizationPlan plan, float absoluteMaximum) {
    CalibrationTable.Builder table = CalibrationTable.builder();
    for (String tensor : plan.observationPoints()) {
      table.put(tensor, new TensorStatistics(-absoluteMaximum, absoluteMaximum, 1, 0));
    }
    return table.build();
  }

  /** Returns the ratio of signal to error of the INT8 form of a model with one output. */
  static double signalToNoise(OnnxModel model, Tensor sample) {
    OnnxModel int8 = quantized(model, sample, Target.TENSORRT);
    return signalToNoise(OnnxRuntimeOracle.run(model, sample), OnnxRuntimeOracle.run(int8, sample));
  }

  /** Returns the ratio of signal to error in decibels. */
  static double signalToNoise(float[] expected, float[] actual) {
    double signal = 0;
    double noise = 0;
    FloatBuffer other = FloatBuffer.wrap(actual);
    for (float value : expected) {
      double error = value - other.get();
      signal += (double) value * value;
      noise += error * error;
    }
    return 10 * Math.log10(signal / noise);
  }
}
