/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pictures in the form the models take: float32 [N, 3, height, width]. */
final class Pictures {
  /** What the readers and classifiers of lines take: (x / 255 - 0.5) / 0.5. */
  private static final float[][] AROUND_ZERO = {{.5f, .5f, .5f}, {.5f, .5f, .5f}};

  /** Means and deviations of ImageNet. */
  private static final float[][] IMAGENET = {{.485f, .456f, .406f}, {.229f, .224f, .225f}};

  private static final int LINE_HEIGHT = 48;
  private static final int PAGE_SIDE = 640;

  private Pictures() {}

  /** Returns lines of text, 48 high, padded with zeros or narrowed to a width; BGR. */
  static List<TensorBatch> lines(List<BufferedImage> images, int width, int batchSize) {
    List<BufferedImage> fitting =
        images.stream()
            .map(
                image ->
                    image.getWidth() > width ? Pixels.scaled(image, width, LINE_HEIGHT) : image)
            .toList();
    return batches("x", fitting, width, batchSize, AROUND_ZERO, 2, 1, 0);
  }

  /** Returns pages of text with a photograph as every third of them, 640 x 640; BGR. */
  static List<TensorBatch> pages(long seed, int firstPhoto, int count) throws IOException {
    List<BufferedImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(
          i % 3 == 2
              ? Bundled.photo(firstPhoto + i / 3, PAGE_SIDE)
              : RenderedText.page(seed + i, PAGE_SIDE, PAGE_SIDE));
    }
    return batches("x", images, PAGE_SIDE, 2, IMAGENET, 2, 1, 0);
  }

  /** Returns square photographs one by one; RGB. */
  static List<TensorBatch> photos(String input, int first, int count, int side) throws IOException {
    List<BufferedImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(Bundled.photo(first + i, side));
    }
    return batches(input, images, side, 1, IMAGENET, 0, 1, 2);
  }

  private static List<TensorBatch> batches(
      String input,
      List<BufferedImage> images,
      int width,
      int batchSize,
      float[][] scaling,
      int... order) {
    int height = images.get(0).getHeight();
    List<TensorBatch> batches = new ArrayList<>();
    for (int first = 0; first < images.size(); first += batchSize) {
      int count = Math.min(batchSize, images.size() - first);
      float[] values = new float[count * 3 * height * width];
      for (int i = 0; i < count; i++) {
        int offset = i * 3 * height * width;
        Pixels.write(images.get(first + i), values, offset, width, scaling, order);
      }
      Tensor tensor = Tensor.ofFloats(Shape.of(count, 3, height, width), values);
      batches.add(TensorBatch.of(Map.of(input, tensor)));
    }
    return batches;
  }
}
