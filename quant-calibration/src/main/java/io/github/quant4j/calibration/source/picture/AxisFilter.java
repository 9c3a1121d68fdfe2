/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/**
 * How the codes along one axis of a scaled picture follow from those of the picture: for each a run
 * of neighbouring pixels with weights that add up to about 1. Holds a part of the axis only, what
 * is cut away is never computed. Immutable and thread-safe.
 *
 * <p>The middle of pixel i of n scaled to m lies at (i + 0.5) n / m. The filter is as wide as the
 * interpolation says, in pixels of the coarser of both grids. Weights are rounded to 22 fractional
 * bits.
 *
 * <p>Source: Pillow, {@code Image.resize}; the same integers.
 */
final class AxisFilter {

  static final int FRACTION = 22;

  private final int[] starts;
  private final int[][] weights;

  private AxisFilter(int[] starts, int[][] weights) {
    this.starts = starts;
    this.weights = weights;
  }

  /** Returns the filter of a part of an axis. */
  static AxisFilter of(Interpolation interpolation, AxisPart part) {
    AxisFilter filter = new AxisFilter(new int[part.count()], new int[part.count()][]);
    if (interpolation == Interpolation.NEAREST) {
      filter.fillNearest(part);
    } else {
      for (int i = 0; i < part.count(); i++) {
        filter.fill(i, interpolation, part);
      }
    }
    return filter;
  }

  /** Returns the number of pixels it gives. */
  int count() {
    return starts.length;
  }

  /** Returns the first pixel of the picture that a new one depends on. */
  int start(int index) {
    return starts[index];
  }

  /** Returns the pixel of the picture behind the last one that a new one depends on. */
  int end(int index) {
    return starts[index] + weights[index].length;
  }

  /** Returns the weights of a new pixel, which are not to be changed. */
  int[] weights(int index) {
    return weights[index];
  }

  /** Returns a code from a sum of weighted codes. */
  static byte code(int sum) {
    int rounded = (sum + (1 << (FRACTION - 1))) >> FRACTION;
    return (byte) Math.max(0, Math.min(255, rounded));
  }

  /** Steps from pixel to pixel as Pillow does, as a sum and a product round to different pixels. */
  private void fillNearest(AxisPart part) {
    double step = part.step();
    double middle = step * 0.5;
    for (long i = 0; i < part.first() + part.count(); i++) {
      if (i >= part.first()) {
        int index = (int) (i - part.first());
        starts[index] = Math.min((int) middle, part.length() - 1);
        weights[index] = new int[] {1 << FRACTION};
      }
      middle += step;
    }
  }

  private void fill(int index, Interpolation interpolation, AxisPart part) {
    double step = part.step();
    double unit = Math.max(step, 1);
    double radius = interpolation.radius() * unit;
    double middle = (part.first() + index + 0.5) * step;
    int start = Math.max(0, (int) (middle - radius + 0.5));
    int end = Math.min(part.length(), (int) (middle + radius + 0.5));
    double[] exact = new double[end - start];
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      exact[i] = interpolation.weight((i + start - middle + 0.5) * (1 / unit));
      sum += exact[i];
    }
    int[] rounded = new int[exact.length];
    for (int i = 0; i < rounded.length; i++) {
      double weight = exact[i] / sum * (1 << FRACTION);
      rounded[i] = (int) (weight + (weight < 0 ? -0.5 : 0.5));
    }
    starts[index] = start;
    weights[index] = rounded;
  }
}
