/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;

/** Writes pictures, and reads what a source of the input x makes of them. */
final class TestPictures {

  private TestPictures() {}

  /** Returns a picture whose codes are drawn at random, with all bits of the type. */
  static BufferedImage noise(int width, int height, int type, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, type);
    int bits = image.getColorModel().getComponentSize(0);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int band = 0; band < image.getRaster().getNumBands(); band++) {
          image.getRaster().setSample(x, y, band, random.nextInt(1 << bits));
        }
      }
    }
    return image;
  }

  /** Returns the bytes of a file. */
  static byte[] bytes(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException(format + " cannot hold " + image);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Writes a file of the format that its suffix names. */
  static Path write(Path file, BufferedImage image) throws IOException {
    String name = file.toString();
    return Files.write(file, bytes(image, name.substring(name.lastIndexOf('.') + 1)));
  }

  /** Writes gray pictures of one pixel, whose code is their index, as 00.png and so on. */
  static void writeNumbered(Path folder, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setSample(0, 0, 0, i);
      write(folder.resolve("%02d.png".formatted(i)), image);
    }
  }

  /** Returns a builder of a source that gives the code of numbered pictures. */
  static PictureSource.Builder numbered(Path folder) {
    return PictureSource.builder(folder)
        .inputName("x")
        .size(1, 1)
        .channelOrder(ChannelOrder.GRAY)
        .rescale(1);
  }

  /** Returns the elements of a batch of floats. */
  static List<Float> floats(TensorBatch batch) {
    List<Float> values = new ArrayList<>();
    var floats = batch.tensor("x").orElseThrow().floats();
    while (floats.hasRemaining()) {
      values.add(floats.get());
    }
    return values;
  }

  /** Returns the elements of all batches that are left. */
  static List<Integer> codes(CalibrationSource source) throws IOException {
    List<Integer> codes = new ArrayList<>();
    for (Optional<TensorBatch> batch = source.next(); batch.isPresent(); batch = source.next()) {
      floats(batch.get()).forEach(value -> codes.add(value.intValue()));
    }
    return codes;
  }
}
