/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import java.awt.image.Raster;

/**
 * The rows of a JPEG, computed from its raw channels with the integers that libjpeg uses, without
 * regard to a colour profile.
 *
 * <p>Inks are taken as Adobe stores them, 0 for the full amount: R = C K / 255, and so on.
 *
 * <p>Source: ITU-T T.871 (2011), section 7: R = Y + 1.402 (Cr - 128), G = Y - 0.344136 (Cb - 128) -
 * 0.714136 (Cr - 128), B = Y + 1.772 (Cb - 128), here with 16 fractional bits.
 */
final class JpegRows implements PixelRows {

  private static final int FRACTION = 16;
  private static final int HALF = 1 << (FRACTION - 1);
  private static final int RED_OF_CR = fixed(1.40200);
  private static final int GREEN_OF_CB = fixed(0.34414);
  private static final int GREEN_OF_CR = fixed(0.71414);
  private static final int BLUE_OF_CB = fixed(1.77200);

  private final Raster raster;
  private final JpegColor color;
  private final byte[] samples;

  JpegRows(Raster raster, JpegColor color) {
    this.raster = raster;
    this.color = color;
    this.samples = new byte[raster.getWidth() * raster.getNumBands()];
  }

  @Override
  public int width() {
    return raster.getWidth();
  }

  @Override
  public int height() {
    return raster.getHeight();
  }

  @Override
  public void read(int row, byte[] rgb) {
    raster.getDataElements(0, row, width(), 1, samples);
    int bands = color.channelCount();
    for (int x = 0; x < width(); x++) {
      int from = x * bands;
      int to = x * 3;
      switch (color) {
        case GRAY -> {
          rgb[to] = samples[from];
          rgb[to + 1] = samples[from];
          rgb[to + 2] = samples[from];
        }
        case RGB, CMYK -> System.arraycopy(samples, from, rgb, to, 3);
        case YCBCR, YCCK -> putRgb(from, rgb, to);
      }
      if (bands == 4) {
        putInks(samples[from + 3] & 0xff, rgb, to);
      }
    }
  }

  private void putRgb(int from, byte[] rgb, int to) {
    int y = samples[from] & 0xff;
    int cb = (samples[from + 1] & 0xff) - 128;
    int cr = (samples[from + 2] & 0xff) - 128;
    rgb[to] = clamp(y + ((RED_OF_CR * cr + HALF) >> FRACTION));
    rgb[to + 1] = clamp(y + ((-GREEN_OF_CB * cb - GREEN_OF_CR * cr + HALF) >> FRACTION));
    rgb[to + 2] = clamp(y + ((BLUE_OF_CB * cb + HALF) >> FRACTION));
  }

  /** Replaces what shines through each of three inks by what is left below black. */
  private void putInks(int black, byte[] rgb, int to) {
    for (int i = to; i < to + 3; i++) {
      int ink = color == JpegColor.YCCK ? rgb[i] & 0xff : 255 - (rgb[i] & 0xff);
      int product = ink * black + 128;
      rgb[i] = clamp(black - ((product + (product >> 8)) >> 8));
    }
  }

  private static byte clamp(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  private static int fixed(double value) {
    return (int) (value * (1 << FRACTION) + 0.5);
  }
}
