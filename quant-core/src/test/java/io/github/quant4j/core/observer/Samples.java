/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/** Values of shape [samples, CHANNEL_COUNT, width], cut and reordered by sample for tests. */
final class Samples {

  static final int CHANNEL_AXIS = 1;
  static final int CHANNEL_COUNT = 3;

  private final float[] values;
  private final int width;

  Samples(float[] values, int width) {
    this.values = values;
    this.width = width;
  }

  /** Returns samples of random number and width, with values that a function of a length makes. */
  static Samples of(SeededFloats floats, IntFunction<float[]> values) {
    int width = floats.between(1, 70);
    int count = floats.between(1, 40);
    return new Samples(values.apply(count * CHANNEL_COUNT * width), width);
  }

  float[] values() {
    return values;
  }

  int count() {
    return values.length / (CHANNEL_COUNT * width);
  }

  Shape shape() {
    return Shape.of(count(), CHANNEL_COUNT, width);
  }

  FloatBuffer buffer() {
    return FloatBuffer.wrap(values);
  }

  Samples slice(int from, int to) {
    int size = CHANNEL_COUNT * width;
    return new Samples(Arrays.copyOfRange(values, from * size, to * size), width);
  }

  /** Returns consecutive slices of uneven sizes, empty ones among them. */
  List<Samples> chunks(SeededFloats floats) {
    List<Samples> chunks = new ArrayList<>();
    for (int from = 0; from < count(); ) {
      int to = Math.min(count(), from + floats.between(0, 9));
      chunks.add(slice(from, to));
      from = to;
    }
    return chunks;
  }

  /** Returns the same samples in another order. */
  Samples permuted(long seed) {
    List<Samples> single = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      single.add(slice(i, i + 1));
    }
    Collections.shuffle(single, new Random(seed));
    float[] permuted = new float[values.length];
    for (int i = 0; i < single.size(); i++) {
      float[] sample = single.get(i).values;
      System.arraycopy(sample, 0, permuted, i * sample.length, sample.length);
    }
    return new Samples(permuted, width);
  }

  /** Returns the values of one channel, found by arithmetic on every index. */
  float[] channel(int channel) {
    float[] taken = new float[values.length / CHANNEL_COUNT];
    int length = 0;
    for (int i = 0; i < values.length; i++) {
      if (i / width % CHANNEL_COUNT == channel) {
        taken[length++] = values[i];
      }
    }
    return taken;
  }
}
