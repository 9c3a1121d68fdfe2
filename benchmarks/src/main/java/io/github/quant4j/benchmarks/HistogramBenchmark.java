/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.core.histogram.StreamingHistogram;
import java.nio.FloatBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Filling a histogram from an array that does not fit the L2 cache, next to a plain sum over it.
 * Constant values are the worst case for counting: every increment waits for the store of the one
 * before. Throughput is in elements.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HistogramBenchmark {
  private static final int LENGTH = LargeArrays.LENGTH;

  /** What the array holds. */
  public enum Values {
    /** Normally distributed numbers. */
    NORMAL,
    /** The same numbers, 0 in place of negative ones. */
    RELU,
    /** One number over and over. */
    CONSTANT;

    float from(float normal) {
      return switch (this) {
        case NORMAL -> normal;
        case RELU -> Math.max(0, normal);
        case CONSTANT -> 2.5f;
      };
    }
  }

  /** What the array holds in this run. */
  @Param public Values values = Values.NORMAL;

  private float[] array = new float[0];
  private FloatBuffer heap = FloatBuffer.allocate(0);
  private FloatBuffer direct = FloatBuffer.allocate(0);

  /** Fills the array. */
  @Setup
  public void fill() {
    array = LargeArrays.normal();
    for (int i = 0; i < LENGTH; i++) {
      array[i] = values.from(array[i]);
    }
    heap = FloatBuffer.wrap(array);
    direct = LargeArrays.direct(array);
  }

  /**
   * Sums the array.
   *
   * @return the sum
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float plainSum() {
    return LargeArrays.sum(array);
  }

  /**
   * Counts the array.
   *
   * @return the histogram
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public StreamingHistogram observeHeap() {
    return observe(heap);
  }

  /**
   * Counts the same numbers outside the heap, as a runtime hands them over.
   *
   * @return the histogram
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public StreamingHistogram observeDirect() {
    return observe(direct);
  }

  private static StreamingHistogram observe(FloatBuffer values) {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(values);
    return histogram;
  }
}
