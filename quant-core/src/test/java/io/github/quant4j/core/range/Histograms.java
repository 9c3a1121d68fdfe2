/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.histogram.StreamingHistogram;
import java.nio.FloatBuffer;
import java.util.Random;

/** Makes histograms of reproducible values. */
final class Histograms {

  private Histograms() {}

  static HistogramSnapshot of(float... values) {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(values));
    return histogram.snapshot();
  }

  static float[] normal(long seed, int length) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Returns values of one of several kinds, chosen by the seed, of some magnitude. */
  static float[] mixed(long seed, int length) {
    Random random = new Random(seed * 7919 + 17);
    float[] values = normal(seed, length);
    double magnitude = Math.pow(10, random.nextInt(9) - 4);
    for (int i = 0; i < length; i++) {
      double x = values[i];
      x =
          switch ((int) (seed % 6)) {
            case 0 -> x;
            case 1 -> Math.max(0, x);
            case 2 -> x * x * x;
            case 3 -> 2 * random.nextDouble() - 1;
            case 4 -> Math.signum(x) * -Math.log(1 - random.nextDouble());
            default -> random.nextInt(1000) == 0 ? 30 * x : x;
          };
      values[i] = (float) (x * magnitude);
    }
    return values;
  }
}
