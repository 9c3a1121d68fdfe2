/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.PostTrainingQuantization;
import io.github.quant4j.ptq.QuantizedModel;
import io.github.quant4j.ptq.Verification;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.io.InputStream;

/** Quantizes the classifiers among the test resources and measures what they still get right. */
final class QuantizedClassifiers {
  private static final int BATCH_SIZE = 100;

  private QuantizedClassifiers() {}

  static OnnxModel floatModel(String name) throws IOException {
    try (InputStream stream = FashionMnist.open("/models/" + name + ".onnx")) {
      return OnnxModel.of(stream.readAllBytes());
    }
  }

  static QuantizedModel quantize(OnnxModel floatModel) throws IOException {
    IdxFile images = FashionMnist.resource("calibration-images-idx3-ubyte.gz");
    try (CalibrationSource samples = FashionMnist.images(images, BATCH_SIZE)) {
      return PostTrainingQuantization.of(floatModel).run(samples);
    }
  }

  static VerificationReport verify(
      OnnxModel floatModel, OnnxModel int8Model, IdxFile images, IdxFile labels)
      throws IOException {
    try (CalibrationSource samples = FashionMnist.images(images, BATCH_SIZE)) {
      return Verification.of(floatModel, int8Model)
          .labels(FashionMnist.labels(labels))
          .run(samples);
    }
  }
}
