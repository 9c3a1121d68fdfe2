/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The floats a DequantizeLinear makes of a constant: {@code (q - z) * s} in float64, rounded once
 * to float32. Runtimes round the code to float32 first, which differs from |q| = 2^24 on, by one
 * unit in the last place.
 *
 * <p>Codes are constants of int8, uint8 or int32, or those a QuantizeLinear with the same
 * parameters makes of a float32 constant: {@code clamp(rint(x / s) + z)}, the quotient in float32.
 */
final class DequantizedConstant {
  private static final int CODES = 256;

  private DequantizedConstant() {}

  /** Returns the floats, empty where the parameters are computed, not float32, or do not fit. */
  static Optional<Tensor> of(Quantizer dequantize) {
    Optional<Tensor> scale =
        dequantize.scale().filter(tensor -> tensor.elementType() == ElementType.FLOAT);
    if (!dequantize.isConstant() || scale.isEmpty()) {
      return Optional.empty();
    }
    Optional<Quantizer> quantize = dequantize.data().producer().flatMap(Quantizer::of);
    Optional<Tensor> source =
        quantize.isPresent()
            ? quantize
                .filter(quantizer -> quantizer.hasParametersOf(dequantize))
                .filter(quantizer -> isByte(quantizer.codeType()))
                .flatMap(quantizer -> quantizer.data().constant())
                .filter(tensor -> tensor.elementType() == ElementType.FLOAT)
            : dequantize.data().constant().filter(tensor -> ZeroPoints.of(tensor).isPresent());
    return source.flatMap(tensor -> dequantized(tensor, dequantize, scale.get().floats()));
  }

  private static Optional<Tensor> dequantized(
      Tensor source, Quantizer dequantize, FloatBuffer scales) {
    int count = scales.remaining();
    Shape shape = source.shape();
    int inner = inner(shape, dequantize, count);
    Optional<int[]> zeroPoints =
        dequantize.hasZeroPoint()
            ? dequantize.zeroPoint().flatMap(ZeroPoints::of)
            : Optional.of(new int[count]);
    if (inner == 0 || zeroPoints.filter(zeros -> zeros.length == count).isEmpty()) {
      return Optional.empty();
    }
    int[] codes = codes(source, dequantize, inner);
    float[] values = new float[codes.length];
    for (int i = 0; i < values.length; i++) {
      int channel = i / inner % count;
      long offset = (long) codes[i] - zeroPoints.get()[channel];
      values[i] = (float) ((double) offset * scales.get(channel));
    }
    return Optional.of(Tensor.ofFloats(shape, values));
  }

  /** Returns the number of elements behind the axis of the scales, 0 where they do not fit. */
  private static int inner(Shape shape, Quantizer dequantize, int count) {
    int inner = 1;
    if (count > 1) {
      OptionalInt axis = ChannelAxis.resolve(shape, dequantize.node().integer("axis", 1), count);
      for (int i = axis.orElse(shape.rank()) + 1; i < shape.rank(); i++) {
        inner *= (int) shape.dimension(i);
      }
      return axis.isPresent() ? inner : 0;
    }
    return count;
  }

  private static boolean isByte(ElementType type) {
    return type == ElementType.INT8 || type == ElementType.UINT8;
  }

  private static int[] codes(Tensor source, Quantizer dequantize, int inner) {
    if (source.elementType() != ElementType.FLOAT) {
      return ZeroPoints.of(source).orElseThrow();
    }
    int lowest = dequantize.codeType() == ElementType.INT8 ? Byte.MIN_VALUE : 0;
    FloatBuffer values = source.floats();
    FloatBuffer scales = dequantize.scale().orElseThrow().floats();
    int[] zeroPoints =
        dequantize.zeroPoint().flatMap(ZeroPoints::of).orElse(new int[scales.remaining()]);
    int[] codes = new int[values.remaining()];
    for (int i = 0; i < codes.length; i++) {
      int channel = i / inner % scales.remaining();
      double code = Math.rint(values.get(i) / scales.get(channel)) + zeroPoints[channel];
      codes[i] = (int) Math.max(lowest, Math.min(lowest + CODES - 1, code));
    }
    return codes;
  }
}
