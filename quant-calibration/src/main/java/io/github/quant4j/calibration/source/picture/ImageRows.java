/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The rows of an image that ImageIO decoded, taken from its samples and not through AWT's colour
 * conversion, which would apply another gamma to gray ones.
 *
 * <p>Alpha is dropped, gray replicated, a palette looked up. Samples of more than 8 bits keep their
 * upper 8, shorter ones are spread over 0 to 255.
 */
final class ImageRows implements PixelRows {

  private final Raster raster;
  private final int bandCount;
  private final boolean isGray;
  private final boolean hasByteSamples;
  private final int[] bits;
  private final byte[][] palette;
  private final int[] samples;
  private final byte[] byteSamples;

  private ImageRows(BufferedImage image, byte[][] palette) {
    this.raster = image.getRaster();
    this.bandCount = raster.getNumBands();
    this.isGray = image.getColorModel().getNumColorComponents() == 1;
    this.bits = image.getColorModel().getComponentSize();
    this.palette = palette;
    this.hasByteSamples =
        palette.length == 0
            && raster.getTransferType() == DataBuffer.TYPE_BYTE
            && raster.getSampleModel() instanceof ComponentSampleModel
            && bits[0] == Byte.SIZE;
    this.samples = new int[hasByteSamples ? 0 : raster.getWidth() * bandCount];
    this.byteSamples = new byte[hasByteSamples ? raster.getWidth() * bandCount : 0];
  }

  /** Returns the rows of an image, which it keeps. */
  static ImageRows of(BufferedImage image) throws UndecodableException {
    ColorModel model = image.getColorModel();
    if (model instanceof IndexColorModel indexed) {
      byte[][] palette = new byte[3][indexed.getMapSize()];
      indexed.getReds(palette[0]);
      indexed.getGreens(palette[1]);
      indexed.getBlues(palette[2]);
      return new ImageRows(image, palette);
    }
    int space = model.getColorSpace().getType();
    if (space != ColorSpace.TYPE_GRAY && space != ColorSpace.TYPE_RGB) {
      throw new UndecodableException(
          "it has %s channels of a colour space that is neither gray nor RGB"
              .formatted(model.getNumColorComponents()));
    }
    switch (image.getRaster().getTransferType()) {
      case DataBuffer.TYPE_BYTE, DataBuffer.TYPE_USHORT, DataBuffer.TYPE_INT -> {
        return new ImageRows(image, new byte[0][]);
      }
      default ->
          throw new UndecodableException("its samples are signed or no integers, expected codes");
    }
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
    if (hasByteSamples) {
      raster.getDataElements(0, row, width(), 1, byteSamples);
      if (bandCount == 3) {
        System.arraycopy(byteSamples, 0, rgb, 0, byteSamples.length);
        return;
      }
    } else {
      raster.getPixels(0, row, width(), 1, samples);
    }
    for (int x = 0; x < width(); x++) {
      for (int channel = 0; channel < 3; channel++) {
        rgb[x * 3 + channel] = code(x, channel);
      }
    }
  }

  private byte code(int x, int channel) {
    if (palette.length > 0) {
      int index = samples[x * bandCount];
      return index < palette[channel].length ? palette[channel][index] : 0;
    }
    int band = isGray ? 0 : channel;
    return hasByteSamples
        ? byteSamples[x * bandCount + band]
        : (byte) to8Bits(samples[x * bandCount + band], bits[band]);
  }

  private static int to8Bits(int sample, int bits) {
    if (bits >= Byte.SIZE) {
      return sample >>> (bits - Byte.SIZE);
    }
    int maximum = (1 << bits) - 1;
    return (sample * 255 + maximum / 2) / maximum;
  }
}
