/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.core.observer.MinMaxObserver;
import io.github.quant4j.core.observer.ValueRange;
import java.nio.FloatBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Minimum and maximum of an array that does not fit the L2 cache, next to a plain sum over it,
 * which is what memory and a float add chain allow. Throughput is in elements.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MinMaxBenchmark {
  private static final int LENGTH = LargeArrays.LENGTH;

  private float[] array = new float[0];
  private FloatBuffer heap = FloatBuffer.allocate(0);
  private FloatBuffer direct = FloatBuffer.allocate(0);

  /** Fills the array with normally distributed numbers. */
  @Setup
  public void fill() {
    array = LargeArrays.normal();
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
   * Observes the array.
   *
   * @return the range
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public ValueRange observeHeap() {
    return observe(heap);
  }

  /**
   * Observes the same numbers outside the heap, as a runtime hands them over.
   *
   * @return the range
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public ValueRange observeDirect() {
    return observe(direct);
  }

  private static ValueRange observe(FloatBuffer values) {
    MinMaxObserver observer = MinMaxObserver.create();
    observer.observe(values);
    return observer.range().orElseThrow();
  }
}
