/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The models that make_models.py among the test resources makes, and samples for them. */
final class TestModels {

  private TestModels() {}

  static byte[] read(String name) {
    String resource = "/models/" + name + ".onnx";
    try (InputStream in = TestModels.class.getResourceAsStream(resource)) {
      return Objects.requireNonNull(in, resource).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] resNet20() throws IOException {
    return Files.readAllBytes(Path.of("..", "data", "models", "resnet20_fp32.onnx"));
  }

  static InferenceSession open(String name) {
    return InferenceSession.open(read(name), SessionSettings.defaults().withThreadCount(1));
  }

  /** Six samples for the model conv: x = ((k * 37 % 41) - 20) / 8 for k in 0..95. */
  static TensorBatch convSamples() {
    float[] values = new float[96];
    for (int k = 0; k < values.length; k++) {
      values[k] = (k * 37 % 41 - 20) / 8f;
    }
    return batch("x", Shape.of(6, 1, 4, 4), values);
  }

  static TensorBatch batch(String name, Shape shape, float... values) {
    return TensorBatch.of(Map.of(name, Tensor.ofFloats(shape, values)));
  }

  static float[] floats(Tensor tensor) {
    FloatBuffer buffer = tensor.floats();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
