/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The scale and zero point of a tensor, or of every channel or block of it.
 *
 * <p>A code {@code q} stands for the number {@code (q - zeroPoint) * scale}. Scales are finite and
 * greater than 0. Immutable and thread-safe.
 *
 * <p>Source: QuantizeLinear and DequantizeLinear of ONNX, opset 21.
 */
public final class QuantizationParameters {

  private final Granularity granularity;
  private final float[] scales;
  private final int[] zeroPoints;

  private QuantizationParameters(Granularity granularity, float[] scales, int[] zeroPoints) {
    this.granularity = granularity;
    this.scales = scales;
    this.zeroPoints = zeroPoints;
    for (int i = 0; i < scales.length; i++) {
      if (!(scales[i] > 0 && scales[i] <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "scale %s is %s, expected a finite number above 0".formatted(i, scales[i]));
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
    return new QuantizationParameters(
        Granularity.perTensor(), new float[] {scale}, new int[] {zeroPoint});
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
    return copyOf(Granularity.perAxis(axis), scales, zeroPoints);
  }

  /**
   * Returns parameters for every block of indices on one axis.
   *
   * @param axis the axis that is cut into blocks, from 0
   * @param blockSize how many neighbours on the axis share a scale, from 1
   * @param scales one scale per block, finite and above 0, in the row-major order of {@link
   *     Granularity#scaleShape}; at least one; copied
   * @param zeroPoints the code of 0 per block, as many as scales; copied
   * @return the parameters
   * @throws IllegalArgumentException if an argument is out of its range or the lengths differ
   */
  public static QuantizationParameters perBlock(
      int axis, int blockSize, float[] scales, int[] zeroPoints) {
    return copyOf(Granularity.perBlock(axis, blockSize), scales, zeroPoints);
  }

  /** Returns the parameters of one range each as those of the channels or blocks of a tensor. */
  static QuantizationParameters gather(
      Granularity granularity, List<QuantizationParameters> parts) {
    float[] scales = new float[parts.size()];
    int[] zeroPoints = new int[parts.size()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = parts.get(i).scale(0);
      zeroPoints[i] = parts.get(i).zeroPoint(0);
    }
    return new QuantizationParameters(granularity, scales, zeroPoints);
  }

  private static QuantizationParameters copyOf(
      Granularity granularity, float[] scales, int[] zeroPoints) {
    if (scales.length == 0 || scales.length != zeroPoints.length) {
      throw new IllegalArgumentException(
          "found %s scales and %s zero points, expected as many of both and at least one"
              .formatted(scales.length, zeroPoints.length));
    }
    return new QuantizationParameters(granularity, scales.clone(), zeroPoints.clone());
  }

  /**
   * Returns which elements share a scale.
   *
   * @return the granularity
   */
  public Granularity granularity() {
    return granularity;
  }

  /**
   * Returns whether every channel has parameters of its own.
   *
   * @return true if made by {@link #perAxis}, even of one channel
   */
  public boolean isPerAxis() {
    return granularity instanceof Granularity.PerAxis;
  }

  /**
   * Returns the axis of the channels or blocks.
   *
   * @return the axis, or empty when the parameters hold for the whole tensor
   */
  public OptionalInt axis() {
    return granularity.onAxis();
  }

  /**
   * Returns the number of scales.
   *
   * @return 1, or the number of channels or blocks
   */
  public int count() {
    return scales.length;
  }

  /**
   * Returns one scale.
   *
   * @param i the channel or block, 0 for the whole tensor
   * @return the scale, finite and above 0
   * @throws IndexOutOfBoundsException if there is no such channel or block
   */
  public float scale(int i) {
    return scales[i];
  }

  /**
   * Returns one zero point.
   *
   * @param i the channel or block, 0 for the whole tensor
   * @return the code of 0
   * @throws IndexOutOfBoundsException if there is no such channel or block
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
        && granularity.equals(that.granularity)
        && Arrays.equals(scales, that.scales)
        && Arrays.equals(zeroPoints, that.zeroPoints);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * granularity.hashCode() + Arrays.hashCode(scales))
        + Arrays.hashCode(zeroPoints);
  }

  /**
   * Returns the parameters as text, those of channels and blocks in short.
   *
   * @return e.g. {@code scale 0.5 zero point 0}, {@code 64 scales on axis 0} or {@code 64 scales on
   *     axis 0 in blocks of 32}
   */
  @Override
  public String toString() {
    return axis().isEmpty()
        ? "scale " + scales[0] + " zero point " + zeroPoints[0]
        : scales.length + " scales " + granularity;
  }
}
