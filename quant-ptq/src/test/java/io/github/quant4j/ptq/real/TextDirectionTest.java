/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.ptq.TopOneAccuracy;
import io.github.quant4j.ptq.VerificationReport;
import io.github.quant4j.ptq.real.RenderedText.Line;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A classifier of lines, upright or upside down: convolutions without bias, BatchNormalization. */
@Tag("real-models")
class TextDirectionTest {
  private static final int WIDTH = 192;

  /** Returns lines of which every second is upside down. */
  private static List<TensorBatch> pictures(long seed, int count) {
    List<BufferedImage> images = new ArrayList<>();
    for (Line line : RenderedText.lines(seed, count)) {
      boolean isTurned = images.size() % 2 == 1;
      images.add(isTurned ? RenderedText.turned(narrowed(line.image())) : narrowed(line.image()));
    }
    return Pictures.lines(images, WIDTH, 8);
  }

  private static BufferedImage narrowed(BufferedImage image) {
    return image.getWidth() > WIDTH ? Pixels.scaled(image, WIDTH, image.getHeight()) : image;
  }

  @Test
  void quantize_classifier_tellsUprightFromTurned() throws IOException {
    Quantized classifier =
        Quantized.of(
            "cls", Bundled.model("/models/ch_ppocr_mobile_v2.0_cls_infer.onnx"), pictures(3, 128));
    long[] directions = IntStream.range(0, 400).mapToLong(i -> i % 2).toArray();

    VerificationReport report = classifier.compare(pictures(4, 400), directions);

    TopOneAccuracy accuracy = report.topOne().orElseThrow();
    assertThat(accuracy.reference()).as("right in float").isGreaterThan(0.99);
    assertThat(accuracy.dropPoints()).as("points lost").isLessThanOrEqualTo(0.5);
    assertThat(report.worstOutputSqnr()).as("SQNR").isGreaterThan(13);
    assertThat(classifier.int8Share()).as("INT8 share").isGreaterThanOrEqualTo(0.9);
  }
}
