/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import java.util.Arrays;

/**
 * Brings a picture to the size that a model takes. Immutable and thread-safe.
 *
 * <p>Rows are read once, scaled along their columns, and added, weighted, to every new row that
 * depends on them; rows that none depends on are passed over. So besides the picture only the new
 * one is in memory. The sums are of integers: their order does not matter.
 *
 * @param frame the size and fit
 * @param interpolation how pixels are mixed
 * @param padding the code that fills a letterbox
 * @param isGray whether luma takes the place of red, green and blue before the scaling
 */
record PictureScaler(PictureFrame frame, Interpolation interpolation, int padding, boolean isGray) {

  /** Returns the codes of the result, [height, width, channels]. */
  byte[] scale(PixelRows picture) {
    AxisPart across = frame.across(picture);
    AxisPart down = frame.down(picture);
    int channels = isGray ? 1 : 3;
    int rowLength = across.count() * channels;
    byte[] codes = new byte[frame.height() * frame.width() * channels];
    if (across.count() < frame.width() || down.count() < frame.height()) {
      Arrays.fill(codes, (byte) padding);
    }
    int[] sums =
        sums(picture, AxisFilter.of(interpolation, across), AxisFilter.of(interpolation, down));
    for (int y = 0; y < down.count(); y++) {
      int to = ((down.offset() + y) * frame.width() + across.offset()) * channels;
      for (int i = 0; i < rowLength; i++) {
        codes[to + i] = AxisFilter.code(sums[y * rowLength + i]);
      }
    }
    return codes;
  }

  private int[] sums(PixelRows picture, AxisFilter across, AxisFilter down) {
    int[] row = new int[across.count() * (isGray ? 1 : 3)];
    int[] sums = new int[down.count() * row.length];
    byte[] pixels = new byte[picture.width() * 3];
    int first = 0; // of the new rows that have not got all they depend on
    for (int y = down.start(0); y < down.end(down.count() - 1); y++) {
      while (down.end(first) <= y) {
        first++;
      }
      if (down.start(first) > y) {
        continue;
      }
      picture.read(y, pixels);
      scaleRow(pixels, picture.width(), across, row);
      for (int i = first; i < down.count() && down.start(i) <= y; i++) {
        add(row, down.weights(i)[y - down.start(i)], sums, i * row.length);
      }
    }
    return sums;
  }

  private void scaleRow(byte[] pixels, int width, AxisFilter across, int[] row) {
    if (isGray) {
      toLuma(pixels, width);
      scaleLuma(pixels, across, row);
    } else {
      scaleColors(pixels, across, row);
    }
  }

  /** Replaces the first third of a row by the luma of all of it. */
  private static void toLuma(byte[] pixels, int width) {
    for (int x = 0; x < width; x++) {
      int red = pixels[3 * x] & 0xff;
      int green = pixels[3 * x + 1] & 0xff;
      int blue = pixels[3 * x + 2] & 0xff;
      pixels[x] = (byte) ((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16);
    }
  }

  private static void scaleLuma(byte[] pixels, AxisFilter across, int[] row) {
    for (int x = 0; x < across.count(); x++) {
      int[] weights = across.weights(x);
      int from = across.start(x);
      int sum = 0;
      for (int weight : weights) {
        sum += weight * (pixels[from++] & 0xff);
      }
      row[x] = AxisFilter.code(sum) & 0xff;
    }
  }

  private static void scaleColors(byte[] pixels, AxisFilter across, int[] row) {
    for (int x = 0; x < across.count(); x++) {
      int[] weights = across.weights(x);
      int from = 3 * across.start(x);
      int red = 0;
      int green = 0;
      int blue = 0;
      for (int weight : weights) {
        red += weight * (pixels[from] & 0xff);
        green += weight * (pixels[from + 1] & 0xff);
        blue += weight * (pixels[from + 2] & 0xff);
        from += 3;
      }
      row[3 * x] = AxisFilter.code(red) & 0xff;
      row[3 * x + 1] = AxisFilter.code(green) & 0xff;
      row[3 * x + 2] = AxisFilter.code(blue) & 0xff;
    }
  }

  private static void add(int[] row, int weight, int[] sums, int offset) {
    for (int i = 0; i < row.length; i++) {
      sums[offset + i] += weight * row[i];
    }
  }
}
