/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.PostTrainingQuantization;
import io.github.quant4j.ptq.QuantizedModel;
import io.github.quant4j.ptq.Verification;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A float model and the INT8 model that the one call makes of it, with nothing tuned. */
final class Quantized {
  private static final Logger LOGGER = LoggerFactory.getLogger(Quantized.class);

  private final String name;
  private final OnnxModel floatModel;
  private final QuantizedModel int8;

  private Quantized(String name, OnnxModel floatModel, QuantizedModel int8) {
    this.name = name;
    this.floatModel = floatModel;
    this.int8 = int8;
  }

  /** Quantizes a model, and logs the time and the share of arithmetic that became INT8. */
  static Quantized of(String name, OnnxModel floatModel, List<TensorBatch> samples)
      throws IOException {
    long start = System.nanoTime();
    try (CalibrationSource source = CalibrationSource.of(samples)) {
      QuantizedModel int8 = PostTrainingQuantization.of(floatModel).run(source);
      long seconds = Math.round((System.nanoTime() - start) / 1e9);
      LOGGER.info("{}: {}, in {} s", name, int8.int8Share().orElseThrow(), seconds);
      return new Quantized(name, floatModel, int8);
    }
  }

  String name() {
    return name;
  }

  /** Returns the part of the multiply-adds that is INT8. */
  double int8Share() {
    return int8.int8Share().orElseThrow().value();
  }

  /** Compares the float outputs of both models, and their classes where there are labels. */
  VerificationReport compare(List<TensorBatch> heldOut, long... labels) throws IOException {
    Verification verification = Verification.of(floatModel, int8.model()).tensorSamples(0);
    if (labels.length > 0) {
      verification = verification.labels(labels);
    }
    try (CalibrationSource source = CalibrationSource.of(heldOut)) {
      VerificationReport report = verification.run(source);
      LOGGER.info("{}: outputs {} {}", name, report.outputs(), report.topOne());
      return report;
    }
  }

  /** Runs both models on the same samples. */
  void compare(List<TensorBatch> heldOut, OutputObserver observer) {
    SessionSettings settings = SessionSettings.defaults();
    try (InferenceSession expected = InferenceSession.open(floatModel.toByteArray(), settings);
        InferenceSession actual = InferenceSession.open(int8.model().toByteArray(), settings)) {
      heldOut.forEach(
          batch -> observer.observe(batch, only(expected.run(batch)), only(actual.run(batch))));
    }
  }

  private static Tensor only(Map<String, Tensor> outputs) {
    return outputs.values().iterator().next();
  }

  /** Looks at the first output of both models. */
  @FunctionalInterface
  interface OutputObserver {
    void observe(TensorBatch batch, Tensor floatOutput, Tensor int8Output);
  }
}
