/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The scale and zero point of a tensor, or of every channel of it.
 *
 * <p>A code {@code q} stands for the number {@code (q - zeroPoint) * scale}. Scales are finite and
 * greater than 0. Immutable and thread-safe.
 *
 * <p>Source: QuantizeLinear and DequantizeLinear of ONNX, opset 13.
 */
public final class QuantizationParameters {

  private static final int PER_TENSOR = -1;

  private final int axis;
  private final float[] scales;
  private final int[] zeroPoints;

  private QuantizationParameters(int axis, float[] scales, int[] zeroPoints) {
    this.axis = axis;
    this.scales = scales;
    this.zeroPoints = zeroPoints;
    for (int i = 0; i < scales.length; i++) {
      if (!(scales[i] > 0 && scales[i] <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "scale %d is %s, expected a finite number above 0".formatted(i, scales[i]));
      }
    }
  }

  /**
   * Returns parameters that hold for all elements of a tensor.
   *
   * @param scale the scale, finite and above 0
   * @param zeroPoint the code of 0
   * @return the parameters
   * @throws IllegalArgumentException if the scale is not finite or not above 0
   */
  public static QuantizationParameters perTensor(float scale, int zeroPoint) {
    return new QuantizationParameters(PER_TENSOR, new float[] {scale}, new int[] {zeroPoint});
  }

  /**
   * Returns parameters for every index on one axis.
   *
   * @param axis the axis of the channels, from 0
   * @param scales one scale per channel, finite and above 0; at least one; copied
   * @param zeroPoints the code of 0 per channel, as many as scales; copied
   * @return the parameters
   * @throws IllegalArgumentException if an argument is out of its range or the lengths differ
   */
  public static QuantizationParameters perAxis(int axis, float[] scales, int[] zeroPoints) {
    if (axis < 0) {
      throw new IllegalArgumentException("axis is " + axis + ", expected 0 or more");
    }
    if (scales.length == 0 || scales.length != zeroPoints.length) {
      throw new IllegalArgumentException(
          "found %d scales and %d zero points, expected as many of both and at least one"
              .formatted(scales.length, zeroPoints.length));
    }
    return new QuantizationParameters(axis, scales.clone(), zeroPoints.clone());
  }

  /**
   * Returns whether every channel has parameters of its own.
   *
   * @return true if made by {@link #perAxis}, even of one channel
   */
  public boolean isPerAxis() {
    return axis != PER_TENSOR;
  }

  /**
   * Returns the axis of the channels.
   *
   * @return the axis, or empty when the parameters hold for the whole tensor
   */
  public OptionalInt axis() {
    return isPerAxis() ? OptionalInt.of(axis) : OptionalInt.empty();
  }

  /**
   * Returns the number of scales.
   *
   * @return 1, or the number of channels
   */
  public int count() {
    return scales.length;
  }

  /**
   * Returns one scale.
   *
   * @param i the channel, 0 for the whole tensor
   * @return the scale, finite and above 0
   * @throws IndexOutOfBoundsException if there is no such channel
   */
  public float scale(int i) {
    return scales[i];
  }

  /**
   * Returns one zero point.
   *
   * @param i the channel, 0 for the whole tensor
   * @return the code of 0
   * @throws IndexOutOfBoundsException if there is no such channel
   */
  public int zeroPoint(int i) {
    return zeroPoints[i];
  }

  /**
   * Returns all scales.
   *
   * @return a new array of {@link #count()} values
   */
  public float[] scales() {
    return scales.clone();
  }

  /**
   * Returns all zero points.
   *
   * @return a new array of {@link #count()} values
   */
  public int[] zeroPoints() {
    return zeroPoints.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QuantizationParameters that
        && axis == that.axis
        && Arrays.equals(scales, that.scales)
        && Arrays.equals(zeroPoints, that.zeroPoints);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * axis + Arrays.hashCode(scales)) + Arrays.hashCode(zeroPoints);
  }

  /**
   * Returns the parameters as text, those of one axis in short.
   *
   * @return e.g. {@code scale 0.5 zero point 0} or {@code 64 scales on axis 0}
   */
  @Override
  public String toString() {
    return isPerAxis()
        ? scales.length + " scales on axis " + axis
        : "scale " + scales[0] + " zero point " + zeroPoints[0];
  }
}
