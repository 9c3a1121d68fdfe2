/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The classifiers of this repository and random images for them. */
final class TestSamples {
  static final long SEED = 20_261_121L;
  private static final int PIXELS = 32 * 32;

  private TestSamples() {}

  static OnnxModel model(String name) throws IOException {
    return OnnxModel.read(Path.of("..", "data", "models", name + ".onnx"));
  }

  static float[] pixels(int count) {
    Random random = new Random(SEED);
    float[] pixels = new float[count * PIXELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return pixels;
  }

  static CalibrationSource images(int count, int batchSize) {
    return source("input", pixels(count), count, batchSize);
  }

  static CalibrationSource source(String input, float[] pixels, int count, int batchSize) {
    TensorBatch all =
        TensorBatch.of(Map.of(input, Tensor.ofFloats(Shape.of(count, 1, 32, 32), pixels)));
    List<TensorBatch> batches = new ArrayList<>();
    for (int first = 0; first < count; first += batchSize) {
      batches.add(all.slice(first, Math.min(batchSize, count - first)));
    }
    return CalibrationSource.of(batches);
  }

  /**
   * Writes an .npz with one float32 array "input" of shape [count, 1, 32, 32], of random images.
   */
  static void writeNpz(Path file, int count) throws IOException {
    writeNpz(file, pixels(count));
  }

  /** Writes an .npz with one float32 array "input" of shape [N, 1, 32, 32]. */
  static void writeNpz(Path file, float[] pixels) throws IOException {
    String dictionary =
        String.format(
            Locale.ROOT,
            "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 1, 32, 32), }",
            pixels.length / PIXELS);
    String header = dictionary + " ".repeat(63 - (10 + dictionary.length()) % 64) + "\n";
    ByteBuffer values = ByteBuffer.allocate(pixels.length * Float.BYTES);
    values.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(pixels);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("input.npy"));
      zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
      zip.write(new byte[] {(byte) header.length(), (byte) (header.length() >> Byte.SIZE)});
      zip.write(header.getBytes(StandardCharsets.ISO_8859_1));
      zip.write(values.array());
    }
  }
}
