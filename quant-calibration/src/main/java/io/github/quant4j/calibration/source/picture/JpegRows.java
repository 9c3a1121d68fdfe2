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
    switch (color) {
      case GRAY -> replicate(rgb);
      case RGB -> System.arraycopy(samples, 0, rgb, 0, samples.length);
      case YCBCR -> convert(3, rgb);
      case YCCK -> {
        convert(4, rgb);
        mixInks(rgb);
      }
      case CMYK -> {
        invert(rgb);
        mixInks(rgb);
      }
    }
  }

  private void replicate(byte[] rgb) {
    for (int x = 0; x < samples.length; x++) {
      rgb[3 * x] = samples[x];
      rgb[3 * x + 1] = samples[x];
      rgb[3 * x + 2] = samples[x];
    }
  }

  private void convert(int bands, byte[] rgb) {
    for (int from = 0, to = 0; from < samples.length; from += bands, to += 3) {
      int y = samples[from] & 0xff;
      int cb = (samples[from + 1] & 0xff) - 128;
      int cr = (samples[from + 2] & 0xff) - 128;
      rgb[to] = clamp(y + ((RED_OF_CR * cr + HALF) >> FRACTION));
      rgb[to + 1] = clamp(y + ((-GREEN_OF_CB * cb - GREEN_OF_CR * cr + HALF) >> FRACTION));
      rgb[to + 2] = clamp(y + ((BLUE_OF_CB * cb + HALF) >> FRACTION));
    }
  }

  /** Turns stored inks into amounts, which converted ones are already. */
  private void invert(byte[] rgb) {
    for (int from = 0, to = 0; from < samples.length; from += 4, to += 3) {
      rgb[to] = (byte) ~samples[from];
      rgb[to + 1] = (byte) ~samples[from + 1];
      rgb[to + 2] = (byte) ~samples[from + 2];
    }
  }

  /** Replaces amounts of three inks by what they and black let through. */
  private void mixInks(byte[] rgb) {
    for (int i = 0; i < samples.length / 4 * 3; i++) {
      int black = samples[i / 3 * 4 + 3] & 0xff;
      int product = (rgb[i] & 0xff) * black + 128;
      rgb[i] = (byte) (black - ((product + (product >> Byte.SIZE)) >> Byte.SIZE));
    }
  }

  private static byte clamp(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  private static int fixed(double value) {
    return (int) (value * (1 << FRACTION) + 0.5);
  }
}
