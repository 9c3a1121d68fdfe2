/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.range.EntropySelector;
import io.github.quant4j.core.range.MseSelector;
import io.github.quant4j.core.range.PercentileSelector;
import io.github.quant4j.core.range.RangeSelector;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Range selection from 1,000 histograms of 2,048 bins and a little more, one after the other: the
 * time of one operation is that of all 1,000.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RangeSelectionBenchmark {
  private static final int HISTOGRAM_COUNT = 1_000;
  private static final int VALUE_COUNT = 20_000;
  private static final float LARGEST = 4f + 0x1p-10f;

  /** The distribution of the values. */
  @Param({"normal", "relu", "laplace", "uniform"})
  public String distribution = "normal";

  private final HistogramSnapshot[] histograms = new HistogramSnapshot[HISTOGRAM_COUNT];

  /** Fills the histograms; the largest value lies just in bin 2,048. */
  @Setup
  public void fill() {
    float[] values = new float[VALUE_COUNT];
    for (int index = 0; index < HISTOGRAM_COUNT; index++) {
      Random random = new Random(index);
      for (int i = 0; i < VALUE_COUNT; i++) {
        values[i] = Math.max(-LARGEST, Math.min(LARGEST, value(random)));
      }
      values[0] = LARGEST;
      StreamingHistogram histogram = StreamingHistogram.create();
      histogram.observe(FloatBuffer.wrap(values));
      histograms[index] = histogram.snapshot();
    }
  }

  private float value(Random random) {
    return switch (distribution) {
      case "relu" -> (float) Math.max(0, random.nextGaussian());
      case "laplace" -> (float) (Math.log(1 - random.nextDouble()) * (random.nextInt(2) - 0.5));
      case "uniform" -> LARGEST * (2 * random.nextFloat() - 1);
      default -> (float) random.nextGaussian();
    };
  }

  /**
   * Searches the least divergence.
   *
   * @return the sum of the upper ends
   */
  @Benchmark
  public float entropy() {
    return select(EntropySelector.create());
  }

  /**
   * Searches the least squared error of symmetric int8 codes.
   *
   * @return the sum of the upper ends
   */
  @Benchmark
  public float meanSquaredError() {
    return select(MseSelector.of(QuantizationSpec.INT8_ACTIVATION));
  }

  /**
   * Searches the least squared error of asymmetric uint8 codes.
   *
   * @return the sum of the upper ends
   */
  @Benchmark
  public float meanSquaredErrorAsymmetric() {
    return select(MseSelector.of(QuantizationSpec.UINT8_ACTIVATION));
  }

  /**
   * Searches the 99.99th percentile.
   *
   * @return the sum of the upper ends
   */
  @Benchmark
  public float percentile() {
    return select(PercentileSelector.symmetric(99.99));
  }

  private float select(RangeSelector selector) {
    float sum = 0;
    for (HistogramSnapshot histogram : histograms) {
      sum += selector.select(histogram).maximum();
    }
    return sum;
  }
}
