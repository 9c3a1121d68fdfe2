/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

/** Makes the data sets of golden_observers.py, bit for bit. */
final class GoldenData {

  private static final double[] GROWTH = {1, 1.25, 1.75};

  private long state;

  private GoldenData(long seed) {
    this.state = seed;
  }

  static float[][] batches(String distribution, int size, long seed, int count) {
    GoldenData random = new GoldenData(seed);
    float[][] batches = new float[count][size];
    for (int batch = 0; batch < count; batch++) {
      double growth =
          switch (distribution) {
            case "constant" -> 1 + batch;
            case "late" -> batch == 0 ? 0 : GROWTH[batch];
            default -> GROWTH[batch];
          };
      for (int i = 0; i < size; i++) {
        batches[batch][i] = (float) (random.value(distribution) * growth + 0.0);
      }
    }
    return batches;
  }

  private double value(String distribution) {
    return switch (distribution) {
      case "normal", "late" -> normal();
      case "offset" -> normal() + 8;
      case "relu" -> Math.max(normal(), 0);
      case "uniform" -> bits24() * 0x1p-23 - 1;
      case "laplace" -> {
        double x = exponential();
        yield (next() & 1) == 1 ? x : -x;
      }
      case "heavy" -> {
        double x = (float) normal();
        yield x * x * x;
      }
      case "constant" -> 2.375;
      case "sparse" -> (next() & 7) == 0 ? normal() : 0;
      case "tiny" -> normal() * 0x1p-100;
      case "huge" -> normal() * 0x1p60;
      default -> throw new IllegalArgumentException(distribution);
    };
  }

  private double normal() {
    long sum = 0;
    for (int i = 0; i < 12; i++) {
      sum += bits24();
    }
    return sum * 0x1p-24 - 6;
  }

  private double exponential() {
    int zeros = Long.numberOfLeadingZeros(next());
    return zeros + bits24() * 0x1p-24;
  }

  private long bits24() {
    return next() >>> 40;
  }

  /** Splitmix64. */
  private long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
