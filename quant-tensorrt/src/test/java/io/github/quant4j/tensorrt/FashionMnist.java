/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The model and the pictures of {@code data/}, for tests on a GPU. */
final class FashionMnist {

  static final Path RESNET = Path.of("..", "data", "models", "resnet20_fp32.onnx");

  /** As many test pictures as there are. */
  static final int PICTURE_COUNT = 200;

  static final ShapeProfile PROFILE =
      ShapeProfile.parse(List.of("input:1x1x32x32,100x1x32x32,100x1x32x32"));

  private static final Path FOLDER = Path.of("..", "data", "fashion-mnist");
  private static final int SIZE = 28;
  private static final int PADDED = 32;

  private FashionMnist() {}

  /** A builder that is quick rather than that its engines are. */
  static EngineBuilder quickBuilder() {
    return EngineBuilder.of(RESNET).profile(PROFILE).optimizationLevel(0);
  }

  /** Pictures as the models take them, see data/fashion-mnist/README.md. */
  static Map<String, Tensor> pictures(int first, int count) throws IOException {
    byte[] idx = read("test-images-idx3-ubyte.gz");
    float[] values = new float[count * PADDED * PADDED];
    Arrays.fill(values, -0.2860f / 0.3530f);
    for (int pixel = 0; pixel < count * SIZE * SIZE; pixel++) {
      int row = pixel / SIZE % SIZE + 2;
      int column = pixel % SIZE + 2;
      float level = (idx[16 + first * SIZE * SIZE + pixel] & 0xff) / 255f;
      values[(pixel / (SIZE * SIZE) * PADDED + row) * PADDED + column] =
          (level - 0.2860f) / 0.3530f;
    }
    return Map.of("input", Tensor.ofFloats(Shape.of(count, 1, PADDED, PADDED), values));
  }

  /** How many pictures a session puts into their class. */
  static int correctCount(ExecutionSession session) throws IOException {
    byte[] labels = read("test-labels-idx1-ubyte.gz");
    int correct = 0;
    for (int first = 0; first < PICTURE_COUNT; first += 100) {
      float[] logits = logits(session.run(pictures(first, 100)));
      for (int picture = 0; picture < 100; picture++) {
        int best = 0;
        for (int label = 1; label < 10; label++) {
          best = logits[picture * 10 + label] > logits[picture * 10 + best] ? label : best;
        }
        correct += best == labels[8 + first + picture] ? 1 : 0;
      }
    }
    return correct;
  }

  static float[] logits(Map<String, Tensor> outputs) {
    FloatBuffer values = requireNonNull(outputs.get("logits")).floats();
    float[] copy = new float[values.remaining()];
    values.get(copy);
    return copy;
  }

  private static byte[] read(String name) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(FOLDER.resolve(name)))) {
      return in.readAllBytes();
    }
  }
}
