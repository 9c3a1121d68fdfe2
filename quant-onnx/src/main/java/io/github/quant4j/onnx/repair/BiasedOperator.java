/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.quantize.BiasQuantizer;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A Conv, ConvTranspose or Gemm, the operators with a bias of their own.
 *
 * @param node the node
 */
record BiasedOperator(Node node) {
  static final int BIAS = 2;
  private static final int WEIGHT = 1;

  /** Returns the operator, empty for other nodes. */
  static Optional<BiasedOperator> of(Node node) {
    return node.is("Conv", "ConvTranspose", "Gemm")
            && node.input(0).isPresent()
            && node.input(WEIGHT).isPresent()
        ? Optional.of(new BiasedOperator(node))
        : Optional.empty();
  }

  /** Returns the operator that reads its bias at a place, empty for other places. */
  static Optional<BiasedOperator> ofBias(Use use) {
    return use.inputIndex() == BIAS ? of(use.node()) : Optional.empty();
  }

  boolean isGemm() {
    return node.is("Gemm");
  }

  /** Tells whether activation or weight come out of a DequantizeLinear. */
  boolean isQuantized() {
    return dequantize(0).isPresent() || dequantize(WEIGHT).isPresent();
  }

  private Optional<Quantizer> dequantize(int input) {
    return Quantizer.behind(node.requiredInput(input));
  }

  /** Returns the rank of the output, as the weight tells it. */
  OptionalInt outputRank() {
    return weightShape().stream().mapToInt(Shape::rank).findAny();
  }

  /** Returns the number of output channels, as the weight tells it. */
  OptionalInt outputCount() {
    Optional<Shape> shape = weightShape().filter(weight -> weight.rank() >= 2);
    if (shape.isEmpty()) {
      return OptionalInt.empty();
    }
    long count = shape.get().dimension(outputAxis());
    long groups = node.is("ConvTranspose") ? node.integer("group", 1) : 1;
    return groups > 0 && count * groups <= Integer.MAX_VALUE
        ? OptionalInt.of((int) (count * groups))
        : OptionalInt.empty();
  }

  private int outputAxis() {
    boolean isFirst = node.is("Conv") || (isGemm() && node.integer("transB", 0) != 0);
    return isFirst ? 0 : 1;
  }

  private Optional<Shape> weightShape() {
    Value weight = node.requiredInput(WEIGHT);
    return weight
        .constantShape()
        .or(() -> dequantize(WEIGHT).map(Quantizer::data).flatMap(BiasedOperator::shapeOfCodes));
  }

  private static Optional<Shape> shapeOfCodes(Value codes) {
    return codes
        .constantShape()
        .or(() -> Quantizer.writing(codes).map(Quantizer::data).flatMap(Value::constantShape));
  }

  /**
   * Returns what gives and reads the codes of an int32 bias, in units of input scale times weight
   * scale; empty where the operator computes on anything but a pair and int8 codes with float32
   * scales, one or one for each output channel.
   */
  Optional<BiasQuantizer> biasQuantizer() {
    Optional<Float> inputScale = inputScale();
    Optional<float[]> weightScales = weightScales();
    if (inputScale.isEmpty() || weightScales.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(BiasQuantizer.of(inputScale.get(), weightScales.get()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a scale that is none, or a product beyond float32
    }
  }

  /** Returns the scale of the pair the activation comes out of. */
  Optional<Float> inputScale() {
    return dequantize(0).filter(pair -> !pair.data().isConstant()).flatMap(Quantizer::singleScale);
  }

  /** Returns the scale of the int8 weight, or its scales along the output channels. */
  Optional<float[]> weightScales() {
    return dequantize(WEIGHT)
        .filter(weight -> weight.data().isConstant(ElementType.INT8))
        .filter(this::isAlongOutputs)
        .flatMap(Quantizer::scale)
        .filter(scale -> scale.elementType() == ElementType.FLOAT)
        .flatMap(ScaleValues::of);
  }

  private boolean isAlongOutputs(Quantizer weight) {
    int count = weight.scale().map(scale -> (int) scale.shape().elementCount()).orElse(0);
    boolean isGrouped = node.is("ConvTranspose") && node.integer("group", 1) != 1;
    OptionalInt axis =
        ChannelAxis.resolve(weight.data().constantShape().orElseThrow(), weight, count);
    return count == 1 || (!isGrouped && axis.equals(OptionalInt.of(outputAxis())));
  }

  /**
   * Tells whether the bias is what ONNX Runtime's integer kernels add: int32 codes without zero
   * point, in units of input scale times weight scale.
   */
  boolean hasIntegerBias() {
    Optional<Quantizer> bias =
        node.input(BIAS)
            .flatMap(Quantizer::behind)
            .filter(found -> found.data().isConstant(ElementType.INT32) && !found.hasZeroPoint());
    if (bias.isEmpty() || node.real("alpha", 1) != 1 || node.real("beta", 1) != 1) {
      return false;
    }
    Optional<FloatBuffer> scales =
        bias.get()
            .scale()
            .filter(scale -> scale.elementType() == ElementType.FLOAT)
            .map(Tensor::floats);
    Shape shape = bias.get().data().constantShape().orElseThrow();
    OptionalInt outputs = outputCount();
    return shape.rank() == 1
        && outputs.isPresent()
        && outputs.getAsInt() == shape.dimension(0)
        && scales.isPresent()
        && biasQuantizer()
            .filter(quantizer -> FloatBuffer.wrap(quantizer.scales()).equals(scales.get()))
            .isPresent();
  }

  /**
   * Returns the float32 bias as one number for each output channel, multiplied by {@code beta} of a
   * Gemm and in float64; zeros where it is left out, empty where it is anything else.
   */
  Optional<double[]> constantBias(int outputs) {
    double[] bias = new double[outputs];
    if (node.input(BIAS).isEmpty()) {
      return Optional.of(bias);
    }
    return node.requiredInput(BIAS)
        .constant()
        .flatMap(tensor -> alongChannels(tensor, isGemm() ? 2 : 1, outputs))
        .map(
            values -> {
              Arrays.setAll(bias, i -> (double) values[i] * node.real("beta", 1));
              return bias;
            });
  }

  /**
   * Returns a float32 constant that is broadcast to a tensor as one number for each index of a
   * dimension of it: that of the channels, which is the second, and the only one for rank 1. Empty
   * where it differs along another dimension.
   */
  static Optional<float[]> alongChannels(Tensor constant, int rank, int count) {
    Shape shape = constant.shape();
    int missing = rank - shape.rank();
    if (missing < 0 || constant.elementType() != ElementType.FLOAT) {
      return Optional.empty();
    }
    int channels = Math.min(1, rank - 1);
    for (int i = 0; i < shape.rank(); i++) {
      long dimension = shape.dimension(i);
      if (dimension != 1 && (i + missing != channels || dimension != count)) {
        return Optional.empty();
      }
    }
    FloatBuffer values = constant.floats();
    float[] spread = new float[count];
    for (int i = 0; i < count; i++) {
      spread[i] = values.get(values.remaining() == 1 ? 0 : i);
    }
    return Optional.of(spread);
  }
}
