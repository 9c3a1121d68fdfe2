/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.quantize.AffineQuantizer;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
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
 * Quantization of an array that does not fit the L2 cache to int8, next to a plain copy of it,
 * which is what memory allows, and to the loop that one would write without this library.
 * Throughput is in elements.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class QuantizeBenchmark {
  private static final int CHANNEL_COUNT = 512;
  private static final int LENGTH = LargeArrays.LENGTH;
  private static final float SCALE = 4f / 127;
  private static final Shape ROWS = Shape.of(CHANNEL_COUNT, LENGTH / CHANNEL_COUNT);
  private static final Shape COLUMNS = Shape.of(LENGTH / CHANNEL_COUNT, CHANNEL_COUNT);

  private final AffineQuantizer perTensor =
      AffineQuantizer.of(QuantizationParameters.perTensor(SCALE, 0), -128, 127);
  private final AffineQuantizer perRow = perAxis(0);
  private final AffineQuantizer perColumn = perAxis(1);

  private float[] array = new float[0];
  private float[] copy = new float[0];
  private byte[] plainCodes = new byte[0];
  private FloatBuffer heap = FloatBuffer.allocate(0);
  private FloatBuffer direct = FloatBuffer.allocate(0);
  private FloatBuffer results = FloatBuffer.allocate(0);
  private ByteBuffer codes = ByteBuffer.allocate(0);

  /** Fills the array with normally distributed numbers. */
  @Setup
  public void fill() {
    array = LargeArrays.normal();
    copy = new float[LENGTH];
    plainCodes = new byte[LENGTH];
    heap = FloatBuffer.wrap(array);
    direct = LargeArrays.direct(array);
    results = LargeArrays.direct();
    codes = ByteBuffer.allocateDirect(LENGTH);
  }

  /**
   * Copies the array.
   *
   * @return the copy
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] plainCopy() {
    System.arraycopy(array, 0, copy, 0, LENGTH);
    return copy;
  }

  /**
   * Quantizes from array to array in one loop.
   *
   * @return the codes
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public byte[] plainLoop() {
    for (int i = 0; i < LENGTH; i++) {
      double code = Math.rint(array[i] / SCALE);
      plainCodes[i] = (byte) Math.max(-128, Math.min(127, code));
    }
    return plainCodes;
  }

  /**
   * Quantizes the array with one scale.
   *
   * @return the codes
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public ByteBuffer quantizeHeap() {
    perTensor.quantize(heap, ROWS, codes);
    return codes;
  }

  /**
   * Quantizes the same numbers outside the heap, as a runtime hands them over.
   *
   * @return the codes
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public ByteBuffer quantizeDirect() {
    perTensor.quantize(direct, ROWS, codes);
    return codes;
  }

  /**
   * Quantizes with a scale for every row, as weights of convolutions have.
   *
   * @return the codes
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public ByteBuffer quantizePerRow() {
    perRow.quantize(heap, ROWS, codes);
    return codes;
  }

  /**
   * Quantizes with a scale for every column, as weights of matrix products have.
   *
   * @return the codes
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public ByteBuffer quantizePerColumn() {
    perColumn.quantize(heap, COLUMNS, codes);
    return codes;
  }

  /**
   * Replaces numbers by those that their codes stand for.
   *
   * @return the numbers
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public FloatBuffer fakeQuantize() {
    perTensor.fakeQuantize(heap, ROWS, results);
    return results;
  }

  /**
   * Turns codes into the numbers they stand for.
   *
   * @return the numbers
   */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public FloatBuffer dequantize() {
    perTensor.dequantize(codes, ROWS, results);
    return results;
  }

  private static AffineQuantizer perAxis(int axis) {
    float[] scales = new float[CHANNEL_COUNT];
    Arrays.fill(scales, SCALE);
    return AffineQuantizer.of(
        QuantizationParameters.perAxis(axis, scales, new int[CHANNEL_COUNT]), -128, 127);
  }
}
