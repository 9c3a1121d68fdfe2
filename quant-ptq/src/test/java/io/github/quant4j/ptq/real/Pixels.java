/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** Pictures as the planes of floats a network reads. */
final class Pixels {
  private Pixels() {}

  /** Returns a picture scaled to a size. */
  static BufferedImage scaled(BufferedImage image, int width, int height) {
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return scaled;
  }

  /**
   * Writes a picture as three planes, (value / 255 - mean) / deviation, into an array of planes of
   * the given width; columns past the picture stay zero.
   *
   * @param order the plane of red, green and blue, for example {2, 1, 0} for BGR
   */
  static void write(
      BufferedImage image, float[] target, int offset, int width, float[][] scaling, int... order) {
    int height = image.getHeight();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < Math.min(width, image.getWidth()); x++) {
        int rgb = image.getRGB(x, y);
        for (int channel = 0; channel < 3; channel++) {
          int value = rgb >> (16 - 8 * channel) & 0xff;
          int plane = order[channel];
          target[offset + (plane * height + y) * width + x] =
              (value / 255f - scaling[0][plane]) / scaling[1][plane];
        }
      }
    }
  }
}
