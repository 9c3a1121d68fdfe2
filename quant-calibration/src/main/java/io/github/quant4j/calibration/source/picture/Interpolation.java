/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/**
 * How the codes of a scaled picture follow from those of the picture. All but {@link #NEAREST}
 * widen their filter when they shrink, so that no pixel is passed over, and round to a code after
 * each of both axes, columns first.
 *
 * <p>Source: Pillow, {@code Image.resize}; the codes are the same.
 */
public enum Interpolation {
  /** The pixel below the middle of the new one. Pillow's {@code NEAREST}. */
  NEAREST(0) {
    @Override
    double weight(double distance) {
      throw new AssertionError("the nearest pixel has no filter");
    }
  },

  /** The mean of the pixels below the new one. Pillow's {@code BOX}; elsewhere called area. */
  AREA(0.5) {
    @Override
    double weight(double distance) {
      return distance > -0.5 && distance <= 0.5 ? 1 : 0;
    }
  },

  /** A triangle filter. Pillow's {@code BILINEAR}, the default of torchvision. */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      return Math.max(0, 1 - Math.abs(distance));
    }
  },

  /**
   * A cubic filter with a = -0.5. Pillow's {@code BICUBIC}.
   *
   * <p>Source: R. Keys, Cubic convolution interpolation for digital image processing, 1981,
   * doi:10.1109/TASSP.1981.1163711.
   */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((A + 2) * x - (A + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
  };

  private static final double A = -0.5;

  private final double radius;

  Interpolation(double radius) {
    this.radius = radius;
  }

  /** Returns the distance, in pixels of the coarser grid, from which on the weight is 0. */
  double radius() {
    return radius;
  }

  /** Returns the weight, not normalized, of a pixel at a distance from the middle. */
  abstract double weight(double distance);
}
