/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Grey images of clothes in ten classes (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747), brought
 * into the form the models of this project take: float32 [N, 1, 32, 32], the 28 x 28 pixels divided
 * by 255 in the middle, zeros around, then {@code (x - 0.2860) / 0.3530} for all.
 */
final class FashionMnist {
  private static final int SIDE = 28;
  private static final int PADDED_SIDE = 32;
  private static final int MARGIN = (PADDED_SIDE - SIDE) / 2;
  private static final float MEAN = 0.2860f;
  private static final float DEVIATION = 0.3530f;
  private static final String INPUT = "input";

  private FashionMnist() {}

  /** Returns the images of an IDX file as batches of the models' input; the last may be smaller. */
  static CalibrationSource images(IdxFile file, int batchSize) {
    List<TensorBatch> batches = new ArrayList<>();
    for (int first = 0; first < file.count(); first += batchSize) {
      int count = Math.min(batchSize, file.count() - first);
      batches.add(TensorBatch.of(Map.of(INPUT, tensor(file, first, count))));
    }
    return CalibrationSource.of(batches);
  }

  /** Returns the classes of an IDX file of labels. */
  static long[] labels(IdxFile file) {
    long[] labels = new long[file.count()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = file.element(i);
    }
    return labels;
  }

  /** Reads an IDX file that is part of this module's resources. */
  static IdxFile resource(String name) throws IOException {
    return IdxFile.read(open("/fashion-mnist/" + name));
  }

  static InputStream open(String resource) throws IOException {
    InputStream stream = FashionMnist.class.getResourceAsStream(resource);
    if (stream == null) {
      throw new IOException("resource \"" + resource + "\" is missing from the examples jar");
    }
    return stream;
  }

  private static Tensor tensor(IdxFile file, int first, int count) {
    float[] values = new float[count * PADDED_SIDE * PADDED_SIDE];
    Arrays.fill(values, -MEAN / DEVIATION);
    for (int image = 0; image < count; image++) {
      for (int row = 0; row < SIDE; row++) {
        int from = (first + image) * file.itemSize() + row * SIDE;
        int to = (image * PADDED_SIDE + row + MARGIN) * PADDED_SIDE + MARGIN;
        for (int column = 0; column < SIDE; column++) {
          float pixel = file.element(from + column) / 255f;
          values[to + column] = (pixel - MEAN) / DEVIATION;
        }
      }
    }
    return Tensor.ofFloats(Shape.of(count, 1, PADDED_SIDE, PADDED_SIDE), values);
  }
}
