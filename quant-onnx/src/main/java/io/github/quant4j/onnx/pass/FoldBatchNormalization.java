/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.OnnxModel;

/**
 * Folds an inference-mode BatchNormalization into the operator before it (rule P20), so that weight
 * ranges are taken from the weights that are used.
 *
 * <p>With {@code a[k] = gamma[k] / sqrt(variance[k] + epsilon)} for output channel k:
 *
 * <pre>
 * W'[k, ...] = W[k, ...] * a[k]
 * b'[k]      = b[k] * a[k] + beta[k] - mean[k] * a[k]     b = 0 where the operator has no bias
 * </pre>
 *
 * computed in float64 and rounded once to float32. Channels lie along axis 0 of a Conv's weight,
 * along axis 1 within each group of a ConvTranspose's, along axis 0 of a Gemm's B where it is
 * transposed and along axis 1 where it is not.
 *
 * <ol>
 *   <li>Folded: Conv, ConvTranspose and Gemm with constant float32 weight (and bias, which a Gemm
 *       may broadcast), whose only reader is a BatchNormalization with constant parameters of one
 *       element per output channel, one output and {@code training_mode} 0; so are several of them
 *       in a row. The operator then writes the output of the BatchNormalization.
 *   <li>Folded, with an Add left behind for the shift: the same after a MatMul with a constant
 *       matrix, where its other input is known to be a matrix too. With more axes, axis 1 would not
 *       be the columns of the product.
 *   <li>Not folded: an operator whose output has another reader, is an output of the graph or is
 *       captured by a subgraph; a Gemm whose {@code beta} is not 1; a BatchNormalization after
 *       anything else, or whose factors are not finite.
 *   <li>A weight or bias that other nodes read too is left for them; the operator gets its own
 *       copy.
 * </ol>
 *
 * <p>Cost: one pass over the weights. Source: Jacob et al. 2018, Quantization and Training of
 * Neural Networks for Efficient Integer-Arithmetic-Only Inference, section 3.2, arXiv:1712.05877;
 * ONNX operator BatchNormalization, opset 15.
 */
public final class FoldBatchNormalization implements GraphPass {
  /** Creates the pass, which holds no state. */
  public FoldBatchNormalization() {}

  @Override
  public boolean run(OnnxModel model) {
    return new ChannelwiseFolding(
            model.graph(),
            (node, value, operator) -> NormalizationParameters.of(node, operator.channelCount()))
        .run();
  }
}
