/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.OptimizationLevel;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.util.Map;

/** What an engine should answer, by ONNX Runtime with every node computed as it is written. */
final class Reference {

  private Reference() {}

  static Map<String, Tensor> run(OnnxModel model, TensorBatch samples) {
    SessionSettings asWritten = SessionSettings.defaults().withOptimization(OptimizationLevel.NONE);
    try (InferenceSession session = InferenceSession.open(model.toByteArray(), asWritten)) {
      return session.run(samples);
    }
  }

  /** Returns the only output. */
  static Tensor output(OnnxModel model, TensorBatch samples) {
    return run(model, samples).values().iterator().next();
  }

  static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().elementCount())];
    tensor.floats().get(values);
    return values;
  }

  /**
   * Returns {@code 10 * log10(sum(r^2) / sum((r - a)^2))}: infinite for equal values, about 0 or
   * negative for unrelated ones, negative infinity where the answer is not finite.
   *
   * @param answer at least as many samples as the reference has
   */
  static double signalToNoise(Tensor reference, Tensor answer) {
    float[] expected = floats(reference);
    float[] found = floats(answer.slice(0, reference.shape().dimension(0)));
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = expected[i] - found[i];
      signal += (double) expected[i] * expected[i];
      noise += difference * difference;
    }
    double decibels = 10 * Math.log10(signal / noise);
    return Double.isNaN(decibels) ? Double.NEGATIVE_INFINITY : decibels;
  }
}
