/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.observer.MinMaxObserver;
import io.github.quant4j.core.observer.PerChannelMinMaxObserver;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses symmetric signed 8-bit parameters, the short form of {@link
 * QuantizationProfile#TENSORRT}.
 *
 * <p>Formula: {@code scale = absmax / 127, zeroPoint = 0}, where {@code absmax} is the largest
 * absolute value. Codes of weights lie in [-127, 127]; the code -128 is left to activations below
 * {@code -absmax}.
 *
 * <ul>
 *   <li>Domain: finite float32 values. A range not around 0 is widened to {@code [-absmax,
 *       absmax]}.
 *   <li>{@code absmax = 0}: scale 1. An all-zero channel of a weight takes the smallest scale of
 *       the channels that are not all zero, so that it does not stand out; 1 when there is none.
 *   <li>A scale below {@link Float#MIN_NORMAL} (1.17549435e-38) is raised to it, because runtimes
 *       may flush subnormal scales to zero; the largest float32 value gives 2.6793887e36. So every
 *       scale is finite and above 0.
 *   <li>Rounding: the quotient is rounded once to float32, half to even.
 * </ul>
 *
 * <p>Cost: one pass over a weight. Thread-safe: no state.
 *
 * <p>Source: NVIDIA TensorRT developer guide, "Working with quantized types"; ONNX Runtime's {@code
 * compute_scale_zp} with a symmetric int8 range gives the same scales but for subnormal ones, which
 * it replaces by 1. PyTorch divides by 127.5 unless told otherwise.
 */
public final class SymmetricInt8 {

  private static final ValueRange NO_VALUE = new ValueRange(0, 0);

  private SymmetricInt8() {}

  /**
   * Returns the parameters of an activation.
   *
   * @param range the range of its values
   * @return parameters for the whole tensor, zero point 0
   */
  public static QuantizationParameters forActivation(ValueRange range) {
    return QuantizationProfile.TENSORRT.parameters(range, QuantizationSpec.INT8_ACTIVATION);
  }

  /**
   * Returns the parameters of a weight as one.
   *
   * @param weight float32 values of the shape in row-major order from position to limit; read only,
   *     neither kept nor moved
   * @param shape the dimensions
   * @return parameters for the whole tensor, zero point 0
   * @throws IllegalArgumentException if the number of values is not that of the shape, or a value
   *     is NaN or infinite
   */
  public static QuantizationParameters forWeight(FloatBuffer weight, Shape shape) {
    if (weight.remaining() != shape.elementCount()) {
      throw new IllegalArgumentException(
          "weight has %s values remaining, expected %s for shape %s"
              .formatted(weight.remaining(), shape.elementCount(), shape));
    }
    MinMaxObserver observer = MinMaxObserver.create();
    observer.observe(weight);
    requireFinite(observer.nonFiniteCount(), shape);
    return forActivation(observer.range().orElse(NO_VALUE));
  }

  /**
   * Returns the parameters of a weight per channel.
   *
   * @param weight float32 values of the shape in row-major order from position to limit; read only,
   *     neither kept nor moved
   * @param shape the dimensions
   * @param axis the axis of the channels, from 0 to rank - 1
   * @return parameters for every channel, zero points 0
   * @throws IllegalArgumentException if the number of values is not that of the shape, the shape
   *     has not the axis or no channel on it, or a value is NaN or infinite
   */
  public static QuantizationParameters forWeight(FloatBuffer weight, Shape shape, int axis) {
    PerChannelMinMaxObserver observer = PerChannelMinMaxObserver.create(axis);
    observer.observe(weight, shape);
    requireFinite(observer.nonFiniteCount(), shape);
    List<ValueRange> ranges = new ArrayList<>();
    for (int channel = 0; channel < observer.channelCount(); channel++) {
      ranges.add(observer.range(channel).orElse(NO_VALUE));
    }
    return QuantizationProfile.TENSORRT.parameters(ranges, QuantizationSpec.int8Weight(axis));
  }

  private static void requireFinite(long nonFiniteCount, Shape shape) {
    if (nonFiniteCount > 0) {
      throw new IllegalArgumentException(
          "weight of shape %s holds %s values that are NaN or infinite, expected finite values"
              .formatted(shape, nonFiniteCount));
    }
  }
}
