/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

/** A histogram made in two passes over all values at once, with divisions in double. */
final class NaiveHistogram {

  private NaiveHistogram() {}

  /** Returns the exponent of the bin width, found by trying one after the other. */
  static int exponent(double magnitude) {
    int exponent = -149;
    while (Math.floor(magnitude / Math.pow(2, exponent)) >= 4096) {
      exponent++;
    }
    return exponent;
  }

  /** Returns the histogram of the finite values. */
  static HistogramSnapshot of(float... values) {
    double minimum = Double.POSITIVE_INFINITY;
    double maximum = Double.NEGATIVE_INFINITY;
    long nonFiniteCount = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        minimum = Math.min(minimum, value);
        maximum = Math.max(maximum, value);
      } else {
        nonFiniteCount++;
      }
    }
    long[] positive = new long[4096];
    long[] negative = new long[4096];
    double width = Math.pow(2, exponent(Math.max(Math.max(maximum, -minimum), 0)));
    for (double value : values) {
      if (Double.isFinite(value)) {
        int bin = (int) Math.floor(Math.abs(value) / width);
        (value < 0 ? negative : positive)[bin]++;
      }
    }
    return HistogramSnapshot.of(
        positive, negative, (float) minimum, (float) maximum, nonFiniteCount);
  }
}
