/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.SymmetricInt8;
import io.github.quant4j.core.quantize.AffineQuantizer;
import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How float weights become symmetric int8: {@code scale = absmax / 127} with codes in [-127, 127],
 * for the whole weight or for each channel.
 *
 * @param parameters the scales
 */
record WeightRounding(QuantizationParameters parameters) {
  private static final int LARGEST_CODE = 127;

  /** Chooses the scales of a weight, empty where one of its numbers is not finite. */
  static Optional<WeightRounding> of(Tensor floats, OptionalInt axis) {
    if (!areFinite(floats)) {
      return Optional.empty();
    }
    Shape shape = floats.shape();
    return Optional.of(
        new WeightRounding(
            axis.isPresent()
                ? SymmetricInt8.forWeight(floats.floats(), shape, axis.getAsInt())
                : SymmetricInt8.forWeight(floats.floats(), shape)));
  }

  /** Tells whether all are numbers, which a scale too large to multiply with prevents, too. */
  static boolean areFinite(Tensor floats) {
    FloatBuffer values = floats.floats();
    while (values.hasRemaining()) {
      if (!Float.isFinite(values.get())) {
        return false;
      }
    }
    return true;
  }

  int axis() {
    return parameters.axis().orElse(0);
  }

  Tensor scale() {
    Shape shape = parameters.isPerAxis() ? Shape.of(parameters.count()) : Shape.of();
    return Tensor.ofFloats(shape, parameters.scales());
  }

  Tensor codes(Tensor floats) {
    ByteBuffer codes = ByteBuffer.allocate(Math.toIntExact(floats.shape().elementCount()));
    quantizer().quantize(floats.floats(), floats.shape(), codes);
    return Tensor.of(ElementType.INT8, floats.shape(), codes.rewind());
  }

  /** Returns the largest difference between a number and what its code stands for. */
  float largestError(Tensor floats) {
    QuantizationError error = QuantizationError.create();
    error.observe(floats.floats(), rounded(floats));
    return (float) error.maximumAbsoluteError();
  }

  /** Returns the largest error as a share of the scale of its channel. */
  double largestShare(Tensor floats) {
    FloatBuffer exact = floats.floats();
    FloatBuffer rounded = rounded(floats);
    int inner = parameters.isPerAxis() ? ChannelAxis.inner(floats.shape(), axis()) : 1;
    double largest = 0;
    for (int i = 0; i < exact.remaining(); i++) {
      double error = Math.abs((double) exact.get(i) - rounded.get(i));
      largest = Math.max(largest, error / parameters.scale(i / inner % parameters.count()));
    }
    return largest;
  }

  private FloatBuffer rounded(Tensor floats) {
    FloatBuffer rounded = FloatBuffer.allocate(Math.toIntExact(floats.shape().elementCount()));
    quantizer().fakeQuantize(floats.floats(), floats.shape(), rounded);
    return rounded.rewind();
  }

  private AffineQuantizer quantizer() {
    return AffineQuantizer.of(parameters, -LARGEST_CODE, LARGEST_CODE);
  }

  /** Returns the scales as text: their number, axis and range. */
  @Override
  public String toString() {
    if (!parameters.isPerAxis()) {
      return "one scale " + parameters.scale(0);
    }
    float smallest = Float.POSITIVE_INFINITY;
    float largest = 0;
    for (float scale : parameters.scales()) {
      smallest = Math.min(smallest, scale);
      largest = Math.max(largest, scale);
    }
    return "%s scales along axis %s, %s to %s"
        .formatted(parameters.count(), axis(), smallest, largest);
  }
}
