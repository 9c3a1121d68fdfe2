/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One input of a model and what to fill it with, written {@code NAME=8x64@0..99} for int64 numbers
 * from 0 to 99, {@code NAME=1x3x640x640} for float values that resemble their neighbours as those
 * of a normalised photograph do: mean 0, variance 1.
 *
 * @param name the name of the input
 * @param shape its dimensions, batch first
 * @param isInteger whether it takes int64 numbers
 * @param smallest the smallest number
 * @param largest the largest number
 */
record SampleInput(String name, Shape shape, boolean isInteger, int smallest, int largest) {
  private static final Pattern TEXT =
      Pattern.compile("(.+)=(\\d+(?:x\\d+)*)(?:@(\\d{1,9})\\.\\.(\\d{1,9}))?");

  /** How much of a value comes from the one before it. */
  private static final double LIKENESS = 0.95;

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is not of that form
   */
  static SampleInput parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "input \"%s\" is not understood, expected NAME=8x64@0..99 or NAME=1x3x640x640"
              .formatted(text));
    }
    Shape shape =
        Shape.of(Stream.of(matcher.group(2).split("x")).mapToLong(Long::parseLong).toArray());
    return matcher.group(3) == null
        ? new SampleInput(matcher.group(1), shape, false, 0, 0)
        : new SampleInput(
            matcher.group(1),
            shape,
            true,
            Integer.parseInt(matcher.group(3)),
            Integer.parseInt(matcher.group(4)));
  }

  /** Returns a batch on the heap, where those of users mostly are. */
  Tensor tensor(Random random) {
    int elementCount = Math.toIntExact(shape.elementCount());
    return isInteger
        ? Tensor.ofLongs(shape, random.longs(elementCount, smallest, (long) largest + 1).toArray())
        : Tensor.ofFloats(shape, photograph(random, elementCount));
  }

  private static float[] photograph(Random random, int elementCount) {
    float[] values = new float[elementCount];
    double change = Math.sqrt(1 - LIKENESS * LIKENESS);
    double value = random.nextGaussian();
    for (int i = 0; i < elementCount; i++) {
      value = LIKENESS * value + change * random.nextGaussian();
      values[i] = (float) value;
    }
    return values;
  }
}
