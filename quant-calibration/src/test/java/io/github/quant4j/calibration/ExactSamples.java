/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Random samples, from a seed, whose values are small multiples of 1/8, so that the sums and
 * products of the models that make_models.py makes are exact in whatever order a kernel adds.
 */
final class ExactSamples {

  private final Random random;

  ExactSamples(long seed) {
    random = new Random(seed);
  }

  /** Values from -8 to 8. */
  Tensor floats(long... dimensions) {
    return between(-64, 65, dimensions);
  }

  /** Values from one number of eighths to below another. */
  Tensor between(int from, int to, long... dimensions) {
    Shape shape = Shape.of(dimensions);
    float[] values = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(from, to) / 8f;
    }
    return Tensor.ofFloats(shape, values);
  }

  /** Samples for the model conv. */
  TensorBatch conv(int sampleCount) {
    return TensorBatch.of(Map.of("x", floats(sampleCount, 1, 4, 4)));
  }

  /** Samples for the model mixed, each of a length, with values of x from a range. */
  TensorBatch mixed(int sampleCount, int length, int from, int to) {
    Shape shape = Shape.of(sampleCount, length);
    int count = sampleCount * length;
    byte[] mask = new byte[count];
    ByteBuffer half = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      mask[i] = (byte) random.nextInt(2);
      half.putShort(2 * i, toFloat16(random.nextInt(1, 64) / 8f));
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", between(from, to, sampleCount, length));
    tensors.put("mask", Tensor.ofBytes(ElementType.BOOL, shape, mask));
    tensors.put("half", Tensor.of(ElementType.FLOAT16, shape, half));
    tensors.put("kinds", Tensor.ofInts(shape, random.ints(count, -5, 5).toArray()));
    tensors.put("ids", Tensor.ofLongs(shape, random.longs(count, 0, 30_000).toArray()));
    return TensorBatch.of(tensors);
  }

  /** Samples for the model control that take a branch and double its output some times. */
  TensorBatch control(int sampleCount, boolean flag, long count) {
    byte[] flags = new byte[sampleCount];
    long[] counts = new long[sampleCount];
    flags[0] = (byte) (flag ? 1 : 0);
    counts[0] = count;
    return TensorBatch.of(
        Map.of(
            "x", floats(sampleCount, 2),
            "flag", Tensor.ofBytes(ElementType.BOOL, Shape.of(sampleCount), flags),
            "count", Tensor.ofLongs(Shape.of(sampleCount), counts)));
  }

  /** A sample for the model expand, whose output has as many elements as the width says. */
  TensorBatch expand(long width) {
    return TensorBatch.of(
        Map.of("x", floats(1, 1), "width", Tensor.ofLongs(Shape.of(1, 1), width)));
  }

  private static short toFloat16(float normal) {
    int bits = Float.floatToIntBits(normal);
    return (short) (((bits >> 23) - 127 + 15) << 10 | (bits & 0x7fffff) >> 13);
  }
}
