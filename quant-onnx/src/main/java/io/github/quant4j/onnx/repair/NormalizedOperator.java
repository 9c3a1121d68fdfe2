/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.ChannelAffine;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A Conv, ConvTranspose or Gemm with quantized weight whose output a BatchNormalization reads.
 *
 * @param node the operator
 * @param weight its weight
 * @param normalization the BatchNormalization
 */
record NormalizedOperator(Node node, QuantizedWeight weight, Node normalization) {
  private static final int WEIGHT = 1;
  private static final int BIAS = 2;

  /** Returns the axis of the weight along which the output channels lie. */
  int channelAxis() {
    return WeightAxis.of(node, weight.shape()).orElse(0);
  }

  int channelCount() {
    return Math.toIntExact(weight.shape().dimension(channelAxis()));
  }

  /** Returns the number of neighbours in memory that are of one channel. */
  int elementsBesideChannel() {
    return ChannelAxis.inner(weight.shape(), channelAxis());
  }

  /** Returns one scale for each channel. */
  float[] scales() {
    if (weight.isPerAxis()) {
      return weight.scales();
    }
    float[] scales = new float[channelCount()];
    Arrays.fill(scales, weight.scales()[0]);
    return scales;
  }

  List<Use> weightUses() {
    return List.of(new Use(node, WEIGHT));
  }

  /** Returns why nothing can be folded into the operator, empty when something can. */
  Optional<String> obstacle() {
    if (node.is("ConvTranspose")) {
      return Optional.of(
          "kept: a ConvTranspose has one scale for all channels, folding needs one for each");
    }
    if (weight.shape().rank() < 2) {
      return Optional.of("kept: the weight is a vector");
    }
    if (weight.isPerAxis() && weight.axis() != channelAxis()) {
      return Optional.of(
          "kept: the scales stand along axis %s, the output channels along axis %s"
              .formatted(weight.axis(), channelAxis()));
    }
    if (!node.output().hasSingleReader()) {
      return Optional.of("kept: the output \"%s\" has other readers".formatted(node.output()));
    }
    if (node.real("beta", 1) != 1 || !hasFoldableBias()) {
      return Optional.of(
          "kept: the bias is not a float32 constant of one element for each channel");
    }
    return Optional.empty();
  }

  private boolean hasFoldableBias() {
    Optional<Value> bias = node.input(BIAS);
    if (bias.isEmpty()) {
      return true;
    }
    return bias.get().isConstant(ElementType.FLOAT)
        && bias.get().constantShape().filter(this::isPerChannel).isPresent();
  }

  private boolean isPerChannel(Shape shape) {
    boolean isOneForAll = node.is("Gemm") && shape.elementCount() == 1 && shape.rank() <= 2;
    boolean isVector = shape.rank() == 1 || (node.is("Gemm") && shape.rank() == 2);
    return isOneForAll
        || (isVector
            && shape.dimension(-1) == channelCount()
            && shape.elementCount() == channelCount());
  }

  /** Returns the bias the operator needs when it takes up a map, computed in float64. */
  Tensor foldedBias(ChannelAffine map) {
    Optional<FloatBuffer> old = node.input(BIAS).flatMap(Value::constant).map(Tensor::floats);
    float[] bias = new float[map.channelCount()];
    for (int k = 0; k < bias.length; k++) {
      int channel = k;
      double value =
          old.map(floats -> (double) floats.get(floats.remaining() == 1 ? 0 : channel)).orElse(0.0);
      bias[k] = (float) (value * map.factor(k) + map.shift(k));
    }
    return Tensor.ofFloats(Shape.of(bias.length), bias);
  }

  @Override
  public String toString() {
    return "BatchNormalization behind %s \"%s\" with int8 weight \"%s\""
        .formatted(node.opType(), node.label(), weight.source());
  }
}
