/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The images and models in {@code data/}; see the README files there for the preprocessing. */
final class FashionMnist {
  static final Path RESNET = Path.of("../data/models/resnet20_fp32.onnx");
  static final Path MOBILENET = Path.of("../data/models/mobilenet_fp32.onnx");
  static final int SIDE = 32;

  private static final Path FOLDER = Path.of("../data/fashion-mnist");
  private static final int STORED_SIDE = 28;
  private static final int MARGIN = (SIDE - STORED_SIDE) / 2;

  private FashionMnist() {}

  /** Returns the first calibration images, [count, 1, 32, 32]. */
  static float[] calibrationImages(int count) throws IOException {
    return images("calibration-images-idx3-ubyte.gz", count);
  }

  /** Returns the first test images, [count, 1, 32, 32]. */
  static float[] testImages(int count) throws IOException {
    return images("test-images-idx3-ubyte.gz", count);
  }

  /** Returns the classes of the first test images. */
  static long[] testLabels(int count) throws IOException {
    try (DataInputStream in = open("test-labels-idx1-ubyte.gz")) {
      in.skipNBytes(2 * Integer.BYTES);
      long[] labels = new long[count];
      for (int i = 0; i < count; i++) {
        labels[i] = in.readUnsignedByte();
      }
      return labels;
    }
  }

  private static float[] images(String file, int count) throws IOException {
    try (DataInputStream in = open(file)) {
      in.skipNBytes(4 * Integer.BYTES);
      float[] pixels = new float[count * SIDE * SIDE];
      for (int image = 0; image < count; image++) {
        for (int i = 0; i < SIDE * SIDE; i++) {
          int pixel = isInside(i / SIDE) && isInside(i % SIDE) ? in.readUnsignedByte() : 0;
          pixels[image * SIDE * SIDE + i] = (pixel / 255f - 0.2860f) / 0.3530f;
        }
      }
      return pixels;
    }
  }

  private static boolean isInside(int position) {
    return position >= MARGIN && position < SIDE - MARGIN;
  }

  private static DataInputStream open(String file) throws IOException {
    return new DataInputStream(
        new GZIPInputStream(Files.newInputStream(FOLDER.resolve(file)), 1 << 16));
  }
}
