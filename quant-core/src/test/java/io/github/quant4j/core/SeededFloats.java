/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.SplittableRandom;

/** Makes reproducible float arrays of many magnitudes, and buffers of every kind around them. */
public final class SeededFloats {

  private final Random random;

  private SeededFloats(long seed) {
    this.random = new Random(new SplittableRandom(seed).nextLong());
  }

  /** Returns a generator; equal seeds give equal values. */
  public static SeededFloats of(long seed) {
    return new SeededFloats(seed);
  }

  /** Returns normally distributed values of one random magnitude, zeros among them. */
  public float[] finite(int length) {
    double magnitude = Math.pow(10, random.nextInt(12) - 6);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextInt(50) == 0 ? 0f : (float) (random.nextGaussian() * magnitude);
    }
    return values;
  }

  /** Returns finite values with NaN, both infinities and negative zero strewn in. */
  public float[] withNonFinite(int length) {
    float[] odd = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, Float.intBitsToFloat(-1)
    };
    float[] values = finite(length);
    for (int i = 0; i < length; i++) {
      if (random.nextInt(10) == 0) {
        values[i] = odd[random.nextInt(odd.length)];
      }
    }
    return values;
  }

  /** Returns floats of random bits: every magnitude, subnormal values, NaN and infinities. */
  public float[] anyBits(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    return values;
  }

  /** Shuffles values in place. */
  public void shuffle(float[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      float value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
  }

  /** Returns an integer from {@code from} to {@code to}, both included. */
  public int between(int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  /** Returns a little-endian direct buffer of the values. */
  public static FloatBuffer direct(float... values) {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(values.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    return buffer.put(values).flip();
  }

  /** Returns a heap buffer whose position and array offset are not 0. */
  public static FloatBuffer offset(float... values) {
    FloatBuffer buffer = FloatBuffer.allocate(values.length + 5);
    buffer.position(2);
    FloatBuffer slice = buffer.slice();
    slice.position(1).put(values).flip().position(1);
    return slice;
  }
}
