/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The constant codes a DequantizeLinear reads, with their scales, to be changed channel by channel.
 * Not thread-safe.
 */
final class ChannelCodes {
  private final Node node;
  private final Tensor codes;
  private final Tensor scale;
  private final float[] scales;
  private final int[] zeroPoints;
  private final long inner;
  private final long[] numbers;
  private boolean areCodesChanged;

  private ChannelCodes(Quantizer source, float[] scales, int[] zeroPoints, int axis) {
    this.node = source.node();
    this.codes = source.data().constant().orElseThrow();
    this.scale = source.scale().orElseThrow();
    this.scales = scales;
    this.zeroPoints = zeroPoints;
    Shape shape = codes.shape();
    long behind = 1;
    for (int i = axis + 1; i < shape.rank(); i++) {
      behind *= shape.dimension(i);
    }
    this.inner = scales.length == 1 ? Math.max(1, shape.elementCount()) : behind;
    this.numbers = new long[Math.toIntExact(shape.elementCount())];
    ByteBuffer bytes = codes.bytes();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (codes.elementType()) {
            case INT32 -> bytes.getInt();
            case UINT8 -> Byte.toUnsignedInt(bytes.get());
            default -> bytes.get();
          };
    }
  }

  /**
   * Returns the codes of a family, empty where they are not constants of int8, uint8 or int32, or
   * scale, zero point and axis do not fit them.
   */
  static Optional<ChannelCodes> of(QuantizerFamily family) {
    Quantizer source = family.head();
    if (!family.isConstantCodes() || !source.isConstant()) {
      return Optional.empty();
    }
    Optional<float[]> scales = source.scale().flatMap(ScaleValues::of);
    if (scales.isEmpty() || scales.get().length == 0) {
      return Optional.empty();
    }
    int count = scales.get().length;
    OptionalInt axis = count == 1 ? OptionalInt.of(0) : ChannelAxis.of(family, count);
    Optional<int[]> zeroPoints = zeroPoints(source, count);
    return axis.isPresent() && zeroPoints.isPresent()
        ? Optional.of(new ChannelCodes(source, scales.get(), zeroPoints.get(), axis.getAsInt()))
        : Optional.empty();
  }

  private static Optional<int[]> zeroPoints(Quantizer source, int count) {
    if (!source.hasZeroPoint()) {
      return Optional.of(new int[count]);
    }
    return source
        .zeroPoint()
        .filter(tensor -> tensor.elementType() == source.data().constantElementType().orElse(null))
        .flatMap(ZeroPoints::of)
        .flatMap(values -> spread(values, count));
  }

  /** One zero point serves all scales, and equal ones a single scale; R21 gives them one shape. */
  private static Optional<int[]> spread(int[] values, int count) {
    int[] spread = new int[count];
    if (values.length == 1) {
      Arrays.fill(spread, values[0]);
      return Optional.of(spread);
    }
    boolean isUniform = Arrays.stream(values).distinct().count() == 1;
    return values.length == count || (count == 1 && isUniform)
        ? Optional.of(Arrays.copyOf(values, count))
        : Optional.empty();
  }

  float scale(int channel) {
    return scales[channel];
  }

  /** Returns the smallest magnitude of the scales that are not 0, 1 where there is none. */
  float smallestScale() {
    return ReplaceInvalidScales.smallest(scales);
  }

  int channelCount() {
    return scales.length;
  }

  /** Gives a channel another scale; its codes stay. */
  void setScale(int channel, float value) {
    scales[channel] = value;
  }

  /** Makes every code of a channel stand for 0. */
  void clear(int channel) {
    for (int i : elements(channel)) {
      areCodesChanged |= numbers[i] != zeroPoints[channel];
      numbers[i] = zeroPoints[channel];
    }
  }

  /**
   * Makes every code of a channel stand for the negative number: {@code q' = 2 z - q}. Where a code
   * would leave its type, as -128 does, the channel is quantized anew with a scale that is larger
   * by the factor needed, 128/127 there; then the error is at most half of the new scale.
   *
   * @return false, and nothing changed, when no scale would do because one side has no codes at all
   */
  boolean negate(int channel) {
    double factor = factorToNegate(channel);
    if (!Double.isFinite(factor) || !Float.isFinite((float) (scales[channel] * factor))) {
      return false;
    }
    for (int i : elements(channel)) {
      long negated = zeroPoints[channel] - numbers[i];
      numbers[i] = (long) Math.rint(negated / factor) + zeroPoints[channel];
    }
    areCodesChanged = true;
    scales[channel] = (float) (scales[channel] * factor);
    return true;
  }

  private double factorToNegate(int channel) {
    long above = highest() - zeroPoints[channel];
    long below = zeroPoints[channel] - lowest();
    double factor = 1;
    for (int i : elements(channel)) {
      double negated = zeroPoints[channel] - numbers[i];
      if (negated != 0) {
        factor = Math.max(factor, negated > 0 ? negated / above : -negated / below);
      }
    }
    return factor;
  }

  private int[] elements(int channel) {
    int[] indices = new int[numbers.length / scales.length];
    int index = 0;
    for (long start = channel * inner; start < numbers.length; start += inner * scales.length) {
      for (long i = start; i < start + inner; i++) {
        indices[index++] = (int) i;
      }
    }
    return indices;
  }

  private long lowest() {
    return switch (codes.elementType()) {
      case INT32 -> Integer.MIN_VALUE;
      case UINT8 -> 0;
      default -> Byte.MIN_VALUE;
    };
  }

  private long highest() {
    return switch (codes.elementType()) {
      case INT32 -> Integer.MAX_VALUE;
      case UINT8 -> (1 << Byte.SIZE) - 1;
      default -> Byte.MAX_VALUE;
    };
  }

  /** Lets a DequantizeLinear read what the codes and scales have become. */
  void writeTo(Node dequantize, RepairContext context) {
    String name = node.requiredInput(0).name();
    if (areCodesChanged) {
      context
          .rewriter()
          .replaceInput(new Use(dequantize, 0), context.addConstant(name + "_codes", encoded()));
    }
    context
        .rewriter()
        .replaceInput(
            new Use(dequantize, 1),
            context.addConstant(name + "_scale", ScaleValues.like(scale, scales)));
  }

  private Tensor encoded() {
    ElementType type = codes.elementType();
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(numbers.length, type.bitWidth() / Byte.SIZE))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long number : numbers) {
      if (type == ElementType.INT32) {
        bytes.putInt((int) number);
      } else {
        bytes.put((byte) number);
      }
    }
    return Tensor.of(type, codes.shape(), bytes.flip());
  }
}
