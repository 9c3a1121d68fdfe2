/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * Folds Add, Sub, Mul and Div with a constant into the Conv, ConvTranspose or Gemm before them
 * (rule P37), so that a BatchNormalization written out in such nodes costs nothing and weight
 * ranges are taken from the weights that are used.
 *
 * <p>Each node is a map {@code y[k] = factor[k] * x[k] + shift[k]} of the output channels k. The
 * maps of a chain of nodes are composed in float64, and weight and bias are rounded once:
 *
 * <pre>
 * W'[k, ...] = W[k, ...] * factor[k]
 * b'[k]      = b[k] * factor[k] + shift[k]                b = 0 where the operator has no bias
 * </pre>
 *
 * <ol>
 *   <li>Folded: a chain of these nodes and of BatchNormalization, in any order and of any length,
 *       each the only reader of the one before, with float32 constants of one element, or of one
 *       per channel along axis 1.
 *   <li>Not folded: a constant divided by the output; a constant that varies along another axis or
 *       gives the result more axes; anything after an operator whose output has another reader, is
 *       an output of the graph or is captured by a subgraph; factors that are not finite.
 *   <li>A MatMul keeps the Add behind it, its bias; only a chain with a BatchNormalization is
 *       folded, as {@link FoldBatchNormalization} does it.
 *   <li>A weight or bias that other nodes read too is left for them.
 * </ol>
 *
 * <p>Cost: one pass over the weights, whatever the length of the chains. Source: Broadcasting in
 * ONNX; the ONNX operators named, opset 14.
 */
public final class FoldScaleAndShift implements GraphPass {
  /** Creates the pass, which holds no state. */
  public FoldScaleAndShift() {}

  @Override
  public boolean run(OnnxModel model) {
    return new ChannelwiseFolding(model.graph(), FoldScaleAndShift::map).run();
  }

  private static Optional<ChannelAffine> map(Node node, Value value, ChannelwiseOperator operator) {
    int channels = operator.channelCount();
    return NormalizationParameters.of(node, channels)
        .or(() -> ConstantArithmetic.of(node, value, channels, operator.outputRank()));
  }
}
