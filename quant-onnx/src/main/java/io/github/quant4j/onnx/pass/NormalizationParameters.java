/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What an inference-mode BatchNormalization of constant parameters does to its channels: {@code
 * a[k] = gamma[k] / sqrt(variance[k] + epsilon)}, {@code y[k] = a[k] * x[k] + beta[k] - mean[k] *
 * a[k]}, in float64. Source: ONNX operator BatchNormalization, opset 15.
 */
public final class NormalizationParameters {
  private static final float DEFAULT_EPSILON = 1e-5f;

  private NormalizationParameters() {}

  /**
   * Returns the map of a BatchNormalization.
   *
   * @param node a node
   * @param channelCount the number of channels of what it reads
   * @return the map, empty where the node is anything else, trains, has parameters that are not
   *     float32 constants of one element per channel, or gives a number that is not finite
   */
  public static Optional<ChannelAffine> of(Node node, long channelCount) {
    if (!node.is("BatchNormalization")
        || node.integer("training_mode", 0) != 0
        || node.outputs().size() != 1) {
      return Optional.empty();
    }
    Optional<Shape> perChannel = Optional.of(Shape.of(channelCount));
    return IntStream.rangeClosed(1, 4)
            .allMatch(i -> OwnedConstants.floatShape(node, i).equals(perChannel))
        ? Optional.of(affine(node)).filter(ChannelAffine::isFinite)
        : Optional.empty();
  }

  private static ChannelAffine affine(Node node) {
    FloatBuffer gamma = parameter(node, 1);
    FloatBuffer beta = parameter(node, 2);
    FloatBuffer mean = parameter(node, 3);
    FloatBuffer variance = parameter(node, 4);
    double epsilon = node.real("epsilon", DEFAULT_EPSILON);
    double[] factors = new double[gamma.remaining()];
    double[] shifts = new double[factors.length];
    for (int k = 0; k < factors.length; k++) {
      factors[k] = gamma.get(k) / Math.sqrt(variance.get(k) + epsilon);
      shifts[k] = beta.get(k) - mean.get(k) * factors[k];
    }
    return ChannelAffine.of(factors, shifts);
  }

  private static FloatBuffer parameter(Node node, int index) {
    return OwnedConstants.floatConstant(node, index).map(Tensor::floats).orElseThrow();
  }
}
