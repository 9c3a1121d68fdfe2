/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Folds an inference-mode BatchNormalization into the Conv before it (rule P20), so that weight
 * ranges are taken from the weights that are used.
 *
 * <p>With {@code a[k] = gamma[k] / sqrt(variance[k] + epsilon)} for output channel k:
 *
 * <pre>
 * W'[k, ...] = W[k, ...] * a[k]
 * b'[k]      = (b[k] - mean[k]) * a[k] + beta[k]          b = 0 where the Conv has no bias
 * </pre>
 *
 * computed in float64 and rounded once to float32.
 *
 * <ol>
 *   <li>Folded: Conv with constant float32 weight (and bias), whose only reader is a
 *       BatchNormalization with constant parameters of one element per output channel, one output
 *       and {@code training_mode} 0. The Conv then writes the output of the BatchNormalization.
 *   <li>Not folded: a Conv whose output has another reader, is an output of the graph or is
 *       captured by a subgraph; a BatchNormalization after anything but a Conv.
 *   <li>A weight or bias that other nodes read too is left for them; the Conv gets its own copy.
 * </ol>
 *
 * <p>Cost: one pass over the weights. Source: Jacob et al. 2018, Quantization and Training of
 * Neural Networks for Efficient Integer-Arithmetic-Only Inference, section 3.2, arXiv:1712.05877;
 * ONNX operator BatchNormalization, opset 15.
 */
public final class FoldBatchNormalization implements GraphPass {
  private static final float DEFAULT_EPSILON = 1e-5f;

  /** Creates the pass, which holds no state. */
  public FoldBatchNormalization() {}

  @Override
  public boolean run(OnnxModel model) {
    GraphRewriter rewriter = model.graph().rewriter();
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      Optional<Node> convolution = foldableConvolution(node);
      if (convolution.isPresent()) {
        fold(rewriter, convolution.get(), node);
        modified = true;
      }
    }
    return modified;
  }

  private static Optional<Node> foldableConvolution(Node normalization) {
    if (!normalization.is("BatchNormalization")
        || normalization.integer("training_mode", 0) != 0
        || normalization.outputs().size() != 1) {
      return Optional.empty();
    }
    return normalization
        .input(0)
        .filter(Value::hasSingleReader)
        .flatMap(Value::producer)
        .filter(producer -> producer.is("Conv"))
        .filter(producer -> hasConstants(producer, normalization));
  }

  /** Tells whether weight, bias and parameters are constants that fit one another. */
  private static boolean hasConstants(Node convolution, Node normalization) {
    Optional<Shape> weight = OwnedConstants.floatConstant(convolution, 1).map(Tensor::shape);
    if (weight.isEmpty() || weight.get().rank() == 0) {
      return false;
    }
    Optional<Shape> channels = Optional.of(Shape.of(weight.get().dimension(0)));
    return IntStream.rangeClosed(1, 4)
            .allMatch(
                i ->
                    OwnedConstants.floatConstant(normalization, i)
                        .map(Tensor::shape)
                        .equals(channels))
        && (convolution.input(2).isEmpty()
            || OwnedConstants.floatConstant(convolution, 2).map(Tensor::shape).equals(channels));
  }

  private static void fold(GraphRewriter rewriter, Node convolution, Node normalization) {
    Tensor weight = OwnedConstants.floatConstant(convolution, 1).orElseThrow();
    Optional<Tensor> bias = OwnedConstants.floatConstant(convolution, 2);
    FloatBuffer mean = parameter(normalization, 3);
    FloatBuffer beta = parameter(normalization, 2);
    double[] factors = factors(normalization);
    float[] newBias = new float[factors.length];
    for (int k = 0; k < newBias.length; k++) {
      double old = bias.isPresent() ? bias.get().floats().get(k) : 0;
      newBias[k] = (float) ((old - mean.get(k)) * factors[k] + beta.get(k));
    }
    OwnedConstants owned = new OwnedConstants(rewriter);
    owned.put(new Use(convolution, 1), scaled(weight, factors));
    owned.putBias(convolution, Tensor.ofFloats(Shape.of(newBias.length), newBias));
    rewriter.absorb(normalization, convolution);
  }

  private static double[] factors(Node normalization) {
    FloatBuffer gamma = parameter(normalization, 1);
    FloatBuffer variance = parameter(normalization, 4);
    double epsilon = normalization.real("epsilon", DEFAULT_EPSILON);
    double[] factors = new double[gamma.remaining()];
    for (int k = 0; k < factors.length; k++) {
      factors[k] = gamma.get(k) / Math.sqrt(variance.get(k) + epsilon);
    }
    return factors;
  }

  private static Tensor scaled(Tensor weight, double[] factors) {
    FloatBuffer values = weight.floats();
    float[] scaled = new float[values.remaining()];
    int perChannel = factors.length == 0 ? 0 : scaled.length / factors.length;
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (values.get(i) * factors[i / perChannel]);
    }
    return Tensor.ofFloats(weight.shape(), scaled);
  }

  private static FloatBuffer parameter(Node normalization, int index) {
    return OwnedConstants.floatConstant(normalization, index).orElseThrow().floats();
  }
}
