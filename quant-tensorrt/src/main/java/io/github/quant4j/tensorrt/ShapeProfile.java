/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An optimization profile: for the inputs with dynamic axes, the shapes that the engine takes and
 * the one that it is fastest at. Immutable and thread-safe.
 *
 * <pre>{@code
 * ShapeProfile profile =
 *     ShapeProfile.of("input", Shape.of(1, 3, 32, 32), Shape.of(8, 3, 32, 32), Shape.of(64, 3, 32, 32));
 * }</pre>
 */
public final class ShapeProfile {

  private final Map<String, ShapeRange> ranges;

  private ShapeProfile(Map<String, ShapeRange> ranges) {
    this.ranges = Collections.unmodifiableMap(ranges);
  }

  /**
   * Returns a profile of one input.
   *
   * @param input the name of the input
   * @param min the least size of every axis
   * @param opt the shape for which kernels are chosen
   * @param max the greatest size of every axis
   * @return the profile
   * @throws IllegalArgumentException if the shapes are not of one rank and growing
   */
  public static ShapeProfile of(String input, Shape min, Shape opt, Shape max) {
    return new ShapeProfile(Map.of()).with(input, new ShapeRange(min, opt, max));
  }

  /** A profile of ranges, which nobody changes any more. */
  static ShapeProfile of(Map<String, ShapeRange> ranges) {
    return new ShapeProfile(ranges);
  }

  /**
   * Returns the profile of texts.
   *
   * @param texts one for every input, {@code NAME:MIN,OPT,MAX} or {@code NAME:SHAPE} where all
   *     three are the same, with shapes such as {@code 1x3x32x32}; at least one
   * @return the profile
   * @throws IllegalArgumentException if a text is of another form
   */
  public static ShapeProfile parse(Collection<String> texts) {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("texts is empty, expected at least one");
    }
    ShapeProfile profile = new ShapeProfile(Map.of());
    for (String text : texts) {
      int colon = text.lastIndexOf(':');
      String[] shapes = text.substring(colon + 1).split(",", -1);
      if (colon < 1 || (shapes.length != 1 && shapes.length != 3)) {
        throw malformed(text, null);
      }
      profile = profile.with(text.substring(0, colon), range(text, shapes));
    }
    return profile;
  }

  /**
   * Returns a profile with one more input.
   *
   * @param input the name of the input; replaces what is there of that name
   * @param range the shapes
   * @return a changed copy
   */
  public ShapeProfile with(String input, ShapeRange range) {
    requireNonNull(input, "input");
    requireNonNull(range, "range");
    Map<String, ShapeRange> changed = new LinkedHashMap<>(ranges);
    changed.put(input, range);
    return new ShapeProfile(changed);
  }

  /**
   * Returns the shapes of every input.
   *
   * @return input name to shapes, unmodifiable, in the order given
   */
  public Map<String, ShapeRange> ranges() {
    return ranges;
  }

  /**
   * Returns the shapes of every input.
   *
   * @return e.g. <code>{x=[1, 3]..[8, 3]..[8, 3]}</code>
   */
  @Override
  public String toString() {
    return ranges.toString();
  }

  private static ShapeRange range(String text, String[] shapes) {
    try {
      Shape min = shape(shapes[0]);
      return shapes.length == 1
          ? new ShapeRange(min, min, min)
          : new ShapeRange(min, shape(shapes[1]), shape(shapes[2]));
    } catch (NumberFormatException e) {
      throw malformed(text, e);
    }
  }

  private static Shape shape(String text) {
    return Shape.of(Arrays.stream(text.split("x", -1)).mapToLong(Long::parseLong).toArray());
  }

  private static IllegalArgumentException malformed(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "profile is '%s', expected NAME:MIN,OPT,MAX such as input:1x3x32x32,8x3x32x32,64x3x32x32"
            .formatted(text),
        cause);
  }
}
