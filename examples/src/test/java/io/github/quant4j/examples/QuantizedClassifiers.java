/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.PostTrainingQuantization;
import io.github.quant4j.ptq.QuantizedModel;
import io.github.quant4j.ptq.Verification;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Quantizes the classifiers among the test resources and measures what they, and those that others
 * quantized, get right.
 */
final class QuantizedClassifiers {
  private static final int BATCH_SIZE = 100;
  private static final int CLASS_COUNT = 10;

  private QuantizedClassifiers() {}

  static OnnxModel floatModel(String name) throws IOException {
    try (InputStream stream = FashionMnist.open("/models/" + name + ".onnx")) {
      return OnnxModel.of(stream.readAllBytes());
    }
  }

  /** Returns a ResNet-20 as PyTorch quantized and exported it in eager mode. */
  static OnnxModel eagerExport() throws IOException {
    try (InputStream stream =
        new GZIPInputStream(FashionMnist.open("/models/resnet20_eager_int8.onnx.gz"))) {
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

  /** Returns how many images a model puts into their class, in ONNX Runtime. */
  static int countRight(OnnxModel model, IdxFile images, IdxFile labels) throws IOException {
    long[] classes = FashionMnist.labels(labels);
    int right = 0;
    int image = 0;
    try (CalibrationSource samples = FashionMnist.images(images, BATCH_SIZE);
        InferenceSession session =
            InferenceSession.open(model.toByteArray(), SessionSettings.defaults())) {
      for (Optional<TensorBatch> next = samples.next(); next.isPresent(); next = samples.next()) {
        FloatBuffer logits = session.run(next.get()).values().iterator().next().floats();
        while (logits.hasRemaining()) {
          right += indexOfLargest(logits) == classes[image++] ? 1 : 0;
        }
      }
    }
    assertThat(image).as("images").isEqualTo(classes.length);
    return right;
  }

  private static int indexOfLargest(FloatBuffer logits) {
    float[] values = new float[CLASS_COUNT];
    logits.get(values);
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
  }
}
