/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;

/**
 * The images of clothes in this repository, as its classifiers take them: float32 [N, 1, 32, 32],
 * the 28 x 28 pixels / 255 with two rows and columns of zeros around, then (x - 0.2860) / 0.3530.
 */
public final class FashionImages {
  private static final Path FOLDER = Path.of("..", "data", "fashion-mnist");
  private static final int SIDE = 28;
  private static final int PADDED_SIDE = 32;
  private static final int IMAGE_HEADER = 16;
  private static final int LABEL_HEADER = 8;

  private FashionImages() {}

  /** Returns images of this repository, "calibration" or "test". */
  public static List<TensorBatch> images(String name, int batchSize) throws IOException {
    return images(FOLDER, name, batchSize);
  }

  /** Returns the images of a set in a folder, "t10k" for example. */
  public static List<TensorBatch> images(Path folder, String name, int batchSize)
      throws IOException {
    byte[] pixels = read(folder, name + "-images-idx3-ubyte.gz", IMAGE_HEADER);
    int count = pixels.length / (SIDE * SIDE);
    List<TensorBatch> batches = new ArrayList<>();
    for (int first = 0; first < count; first += batchSize) {
      batches.add(batch(pixels, first, Math.min(batchSize, count - first)));
    }
    return batches;
  }

  /** Returns the labels of this repository's images. */
  public static long[] labels(String name) throws IOException {
    return labels(FOLDER, name);
  }

  /** Returns the labels of a set in a folder. */
  public static long[] labels(Path folder, String name) throws IOException {
    byte[] labels = read(folder, name + "-labels-idx1-ubyte.gz", LABEL_HEADER);
    return LongStream.range(0, labels.length).map(i -> labels[(int) i]).toArray();
  }

  private static TensorBatch batch(byte[] pixels, int first, int count) {
    float[] values = new float[count * PADDED_SIDE * PADDED_SIDE];
    Arrays.fill(values, -0.2860f / 0.3530f);
    for (int row = 0; row < count * SIDE; row++) {
      int from = (first * SIDE + row) * SIDE;
      int to = (row / SIDE * PADDED_SIDE + 2 + row % SIDE) * PADDED_SIDE + 2;
      for (int column = 0; column < SIDE; column++) {
        float pixel = Byte.toUnsignedInt(pixels[from + column]) / 255f;
        values[to + column] = (pixel - 0.2860f) / 0.3530f;
      }
    }
    Shape shape = Shape.of(count, 1, PADDED_SIDE, PADDED_SIDE);
    return TensorBatch.of(Map.of("input", Tensor.ofFloats(shape, values)));
  }

  /** Reads what follows the header of an IDX file: magic number, count and the other sizes. */
  private static byte[] read(Path folder, String name, int headerSize) throws IOException {
    try (InputStream file = Files.newInputStream(folder.resolve(name));
        GZIPInputStream stream = new GZIPInputStream(file)) {
      ByteBuffer header = ByteBuffer.wrap(stream.readNBytes(headerSize));
      byte[] items = stream.readAllBytes();
      int count = header.getInt(Integer.BYTES);
      if (items.length != count * (headerSize == IMAGE_HEADER ? SIDE * SIDE : 1)) {
        throw new IOException("\"" + name + "\" does not hold the " + count + " items it names");
      }
      return items;
    }
  }
}
