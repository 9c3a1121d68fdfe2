/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

/**
 * Bins and counts as PyTorch makes them, bit for bit on x86-64. Thread-safe: no state.
 *
 * <p>Source: {@code torch.histc}, {@code torch.linspace} and {@code torch.arange} of PyTorch 2.13
 * over float32 on a CPU.
 */
final class TorchBins {

  /** PyTorch computes 8 float32 numbers at once and takes two such groups per turn. */
  private static final int LANES = 8;

  private static final int TURN = 2 * LANES;

  private TorchBins() {}

  /**
   * Counts values in equal bins: {@code floor((x - minimum) * binCount / (maximum - minimum))}, the
   * last bin with its upper end. Values outside are dropped. The quotient is rounded to float32, so
   * a value next to an edge may fall on its other side. Of a range of one point the bins lie on
   * {@code [minimum - 1, maximum + 1]}.
   */
  static float[] count(float[] values, int binCount, float minimum, float maximum) {
    float low = minimum == maximum ? minimum - 1 : minimum;
    float high = minimum == maximum ? maximum + 1 : maximum;
    float[] counts = new float[binCount];
    for (float value : values) {
      if (value >= low && value <= high) {
        int bin = (int) ((value - low) * binCount / (high - low));
        counts[Math.min(bin, binCount - 1)]++;
      }
    }
    return counts;
  }

  /**
   * Returns evenly spaced points, the first half counted up from the start and the second down from
   * the end, each with one rounding.
   */
  static float[] linspace(float start, float end, int count) {
    float step = (end - start) / (count - 1);
    float[] points = new float[count];
    for (int i = 0; i < count; i++) {
      points[i] =
          i < count / 2
              ? Math.fma(step, (float) i, start)
              : Math.fma(-step, (float) (count - 1 - i), end);
    }
    return points;
  }

  /** Returns the multiples of a step from 0 to below an end; every 8th one is rounded twice. */
  static float[] arange(float end, float step) {
    int count = (int) Math.ceil((double) end / step);
    float[] points = new float[count];
    for (int i = 0; i < count; i++) {
      if (i < count / TURN * TURN) {
        float base = (float) ((double) step * (i - i % LANES));
        points[i] = (float) (base + (double) step * (i % LANES));
      } else {
        points[i] = (float) ((double) step * i);
      }
    }
    return points;
  }
}
