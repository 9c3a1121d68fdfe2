/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
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
  private final int inner;
  private final int[] numbers;
  private boolean areCodesChanged;

  private ChannelCodes(Quantizer source, float[] scales, int[] zeroPoints, int axis) {
    this.node = source.node();
    this.codes = source.data().constant().orElseThrow();
    this.scale = source.scale().orElseThrow();
    this.scales = scales;
    this.zeroPoints = zeroPoints;
    Shape shape = codes.shape();
    this.inner =
        scales.length == 1
            ? Math.toIntExact(Math.max(1, shape.elementCount()))
            : ChannelAxis.inner(shape, axis);
    this.numbers = ZeroPoints.of(codes).orElseThrow();
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
      long negated = (long) zeroPoints[channel] - numbers[i];
      numbers[i] = (int) ((long) Math.rint(negated / factor) + zeroPoints[channel]);
    }
    areCodesChanged = true;
    scales[channel] = (float) (scales[channel] * factor);
    return true;
  }

  private double factorToNegate(int channel) {
    long above = (long) CodeTypes.highest(codes.elementType()) - zeroPoints[channel];
    long below = (long) zeroPoints[channel] - CodeTypes.lowest(codes.elementType());
    double factor = 1;
    for (int i : elements(channel)) {
      double negated = (double) zeroPoints[channel] - numbers[i];
      if (negated != 0) {
        factor = Math.max(factor, negated > 0 ? negated / above : -negated / below);
      }
    }
    return factor;
  }

  private int[] elements(int channel) {
    int[] indices = new int[numbers.length / scales.length];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = (i / inner * scales.length + channel) * inner + i % inner;
    }
    return indices;
  }

  /** Lets a DequantizeLinear read what the codes and scales have become. */
  void writeTo(Node dequantize, RepairContext context) {
    String name = node.requiredInput(0).name();
    if (areCodesChanged) {
      context
          .rewriter()
          .replaceInput(
              new Use(dequantize, 0),
              context.addConstant(
                  name + "_codes", ZeroPoints.tensor(codes.elementType(), codes.shape(), numbers)));
    }
    context
        .rewriter()
        .replaceInput(
            new Use(dequantize, 1),
            context.addConstant(name + "_scale", ScaleValues.like(scale, scales)));
  }
}
