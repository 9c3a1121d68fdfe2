/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** States of calibration runs of all kinds, the same for the same random numbers. */
final class RandomStates {

  private static final float[] SPECIAL = {
    0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, 1f
  };

  private RandomStates() {}

  static CalibrationState next(Random random) {
    boolean hasHistograms = random.nextBoolean();
    Convergence criterion = Convergence.defaults().withWindow(1 + random.nextInt(4));
    SortedMap<String, TensorState> tensors = new TreeMap<>();
    SortedMap<String, RangeHistory> histories = new TreeMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      String name =
          "t" + random.nextInt(100) + "/\u00e4\ud83d\ude00\n".substring(random.nextInt(5));
      tensors.put(name, tensor(random, hasHistograms));
      histories.put(name, history(random, criterion));
    }
    return new CalibrationState(
        "sha256:" + random.nextInt(),
        hasHistograms,
        count(random),
        count(random),
        tensors,
        new ConvergenceState(random.nextDouble(), criterion.window(), histories));
  }

  private static TensorState tensor(Random random, boolean hasHistogram) {
    long nonFiniteCount = random.nextBoolean() ? 0 : count(random);
    if (random.nextInt(4) == 0) {
      return new TensorState(nonFiniteCount, Optional.empty());
    }
    TensorCalibration calibration =
        hasHistogram
            ? TensorCalibration.of(histogram(random, nonFiniteCount))
            : statistics(random, nonFiniteCount);
    return new TensorState(nonFiniteCount, Optional.of(calibration));
  }

  private static TensorCalibration statistics(Random random, long nonFiniteCount) {
    ValueRange range = range(random);
    return TensorCalibration.of(
        new TensorStatistics(
            range.minimum(), range.maximum(), Math.max(1, count(random)), nonFiniteCount));
  }

  private static HistogramSnapshot histogram(Random random, long nonFiniteCount) {
    StreamingHistogram histogram = StreamingHistogram.create();
    float[] values = new float[1 + random.nextInt(20)];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(random);
    }
    histogram.observe(FloatBuffer.wrap(values));
    HistogramSnapshot few = histogram.snapshot();
    long factor = 1 + random.nextInt(1 << 30) * 10L; // counts of one byte to five
    return HistogramSnapshot.of(
        times(factor, few.positive()),
        times(factor, few.negative()),
        few.minimum(),
        few.maximum(),
        nonFiniteCount);
  }

  private static long[] times(long factor, long[] counts) {
    for (int bin = 0; bin < counts.length; bin++) {
      counts[bin] *= factor;
    }
    return counts;
  }

  private static RangeHistory history(Random random, Convergence criterion) {
    List<ValueRange> ranges = new ArrayList<>();
    for (int i = random.nextInt(criterion.window() + 2); i > 0; i--) {
      ranges.add(range(random));
    }
    return new RangeHistory(ranges, count(random));
  }

  private static ValueRange range(Random random) {
    float one = value(random);
    float other = value(random);
    return new ValueRange(Math.min(one, other), Math.max(one, other));
  }

  private static float value(Random random) {
    return random.nextInt(3) == 0
        ? SPECIAL[random.nextInt(SPECIAL.length)]
        : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30));
  }

  private static long count(Random random) {
    return random.nextLong() >>> (1 + random.nextInt(63));
  }
}
