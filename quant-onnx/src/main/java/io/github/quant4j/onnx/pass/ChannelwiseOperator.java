/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * An operator with constant weight that can take up a {@link ChannelAffine} of its output: Conv,
 * ConvTranspose, Gemm, or MatMul with a matrix.
 *
 * <pre>
 * W'[..., k, ...] = W[..., k, ...] * factor[k]
 * b'[..., k]      = b[..., k] * factor[k] + shift[k]        b = 0 where there is no bias
 * </pre>
 *
 * computed in float64 and rounded once to float32. A bias that a Gemm broadcasts gets as many
 * elements as it needs. MatMul has no place for a bias; an Add is put behind it.
 */
final class ChannelwiseOperator {
  private static final int WEIGHT = 1;
  private static final int BIAS = 2;

  private final Node node;
  private final ChannelLayout layout;
  private final int outputRank;

  private ChannelwiseOperator(Node node, ChannelLayout layout, int outputRank) {
    this.node = node;
    this.layout = layout;
    this.outputRank = outputRank;
  }

  /** Returns the operator, empty for other nodes and where weight or bias is not a constant. */
  static Optional<ChannelwiseOperator> of(Node node) {
    if (!node.is("Conv", "ConvTranspose", "Gemm", "MatMul")) {
      return Optional.empty();
    }
    return OwnedConstants.floatShape(node, WEIGHT)
        .filter(weight -> weight.elementCount() > 0 && weight.rank() > 0)
        .filter(weight -> weight.elementCount() <= Integer.MAX_VALUE)
        .flatMap(weight -> of(node, weight))
        .filter(ChannelwiseOperator::hasFoldableBias);
  }

  private static Optional<ChannelwiseOperator> of(Node node, Shape weight) {
    int first = (int) weight.dimension(0);
    int second = weight.rank() > 1 ? (int) weight.dimension(1) : 1;
    int rest = (int) (weight.elementCount() / first);
    boolean isMatrix = weight.rank() == 2;
    ChannelLayout rows = new ChannelLayout(1, 1, first, rest);
    ChannelLayout columns = new ChannelLayout(1, first, rest, 1);
    long groups = node.integer("group", 1);
    return switch (node.opType()) {
      case "Conv" -> Optional.of(new ChannelwiseOperator(node, rows, weight.rank()));
      case "ConvTranspose" ->
          groups > 0 && first % groups == 0 && weight.rank() > 2
              ? Optional.of(transposed(node, weight, (int) groups, rest / second))
              : Optional.empty();
      case "Gemm" ->
          isMatrix && node.real("beta", 1) == 1
              ? Optional.of(
                  new ChannelwiseOperator(node, node.integer("transB", 0) != 0 ? rows : columns, 2))
              : Optional.empty();
      default ->
          isMatrix ? Optional.of(new ChannelwiseOperator(node, columns, 2)) : Optional.empty();
    };
  }

  private static ChannelwiseOperator transposed(Node node, Shape weight, int groups, int spatial) {
    int first = (int) weight.dimension(0);
    int second = (int) weight.dimension(1);
    return new ChannelwiseOperator(
        node, new ChannelLayout(groups, first / groups, second, spatial), weight.rank());
  }

  private boolean hasFoldableBias() {
    if (isMatMul() || node.input(BIAS).isEmpty()) {
      return true;
    }
    Optional<Shape> bias = OwnedConstants.floatShape(node, BIAS);
    return node.is("Gemm")
        ? bias.filter(this::isBroadcastToRows).isPresent()
        : bias.equals(Optional.of(Shape.of(channelCount())));
  }

  private boolean isBroadcastToRows(Shape bias) {
    return bias.rank() <= 2
        && bias.elementCount() > 0
        && (bias.rank() == 0 || bias.dimension(-1) == 1 || bias.dimension(-1) == channelCount());
  }

  Node node() {
    return node;
  }

  int channelCount() {
    return layout.channelCount();
  }

  /** Returns the rank of the output; that of a MatMul is 2 where the rank of its input is. */
  int outputRank() {
    return outputRank;
  }

  boolean isMatMul() {
    return node.is("MatMul");
  }

  /** Takes up a map; what is left of it for a MatMul is the caller's to add. */
  void scale(GraphRewriter rewriter, ChannelAffine map) {
    if (map.isScaling()) {
      new OwnedConstants(rewriter).map(new Use(node, WEIGHT), weight -> layout.scaled(weight, map));
    }
  }

  /** Changes the bias, or gives the operator one where it needs one. */
  void shift(GraphRewriter rewriter, ChannelAffine map) {
    Optional<Tensor> bias = OwnedConstants.floatConstant(node, BIAS);
    if (bias.isPresent() || map.isShifting()) {
      new OwnedConstants(rewriter).putBias(node, newBias(bias, map));
    }
  }

  static Tensor newBias(Optional<Tensor> bias, ChannelAffine map) {
    int channels = map.channelCount();
    int rowLength = bias.map(Tensor::shape).map(s -> lastDimension(s)).orElse(1);
    FloatBuffer old = bias.map(Tensor::floats).orElseGet(() -> FloatBuffer.allocate(1));
    int rows = old.remaining() / rowLength;
    float[] values = new float[Math.multiplyExact(rows, channels)];
    for (int i = 0; i < values.length; i++) {
      int k = i % channels;
      double value = old.get(rowLength == channels ? i : i / channels);
      values[i] = (float) (value * map.factor(k) + map.shift(k));
    }
    boolean isMatrix = bias.map(tensor -> tensor.shape().rank() == 2).orElse(false);
    return Tensor.ofFloats(isMatrix ? Shape.of(rows, channels) : Shape.of(channels), values);
  }

  private static int lastDimension(Shape shape) {
    return shape.rank() == 0 ? 1 : (int) shape.dimension(-1);
  }
}
