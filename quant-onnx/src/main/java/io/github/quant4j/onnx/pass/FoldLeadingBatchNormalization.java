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
import java.util.List;
import java.util.Optional;

/**
 * Folds an inference-mode BatchNormalization into the Conv behind it where that Conv has no padding
 * (rule P21).
 *
 * <p>With factor a[c] and shift s[c] of the BatchNormalization for input channel c of output k:
 *
 * <pre>
 * W'[k, c, ...] = W[k, c, ...] * a[c]
 * b'[k]         = b[k] + sum over c, ... of W[k, c, ...] * s[c]
 * </pre>
 *
 * computed in float64 and rounded once to float32.
 *
 * <ol>
 *   <li>Folded: a BatchNormalization of constant parameters whose only reader is a Conv, of any
 *       group, with constant float32 weight (and bias), {@code pads} of 0 and {@code auto_pad}
 *       NOTSET or VALID.
 *   <li>Not folded: a Conv with padding. Its border is 0 after the BatchNormalization, which no
 *       border before it can stand for, since every channel would need another.
 *   <li>A BatchNormalization that could go into the operator before it should have gone there: this
 *       pass comes after {@link FoldBatchNormalization}.
 * </ol>
 *
 * <p>Cost: one pass over the weights. Source: ONNX operators BatchNormalization, opset 15, and
 * Conv, opset 11.
 */
public final class FoldLeadingBatchNormalization implements GraphPass {
  /** Creates the pass, which holds no state. */
  public FoldLeadingBatchNormalization() {}

  @Override
  public boolean run(OnnxModel model) {
    GraphRewriter rewriter = model.graph().rewriter();
    List<Node> nodes = model.graph().nodes();
    boolean modified = false;
    // From the last to the first, so that of several in a row each finds the Conv behind it.
    for (int i = nodes.size() - 1; i >= 0; i--) {
      modified |= nodes.get(i).is("BatchNormalization") && fold(rewriter, nodes.get(i));
    }
    return modified;
  }

  private static boolean fold(GraphRewriter rewriter, Node normalization) {
    Value output = normalization.output();
    if (!output.hasSingleReader()) {
      return false;
    }
    Use use = output.uses().get(0);
    Optional<ChannelLayout> layout = inputChannels(use);
    Optional<ChannelAffine> map =
        layout.flatMap(found -> NormalizationParameters.of(normalization, found.channelCount()));
    if (layout.isEmpty() || map.isEmpty()) {
      return false;
    }
    fold(rewriter, use.node(), layout.get(), map.get());
    rewriter.replaceInput(use, normalization.requiredInput(0));
    rewriter.remove(normalization);
    return true;
  }

  /**
   * Returns how the channels that an edge brings lie in the weight, empty where none are folded.
   */
  private static Optional<ChannelLayout> inputChannels(Use use) {
    Node convolution = use.node();
    if (!convolution.is("Conv") || use.inputIndex() != 0 || !isWithoutPadding(convolution)) {
      return Optional.empty();
    }
    if (ChannelwiseOperator.of(convolution).isEmpty()) {
      return Optional.empty();
    }
    Shape weight = OwnedConstants.floatShape(convolution, 1).orElseThrow();
    long groups = convolution.integer("group", 1);
    if (weight.rank() < 3 || groups <= 0 || weight.dimension(0) % groups != 0) {
      return Optional.empty();
    }
    int outputs = (int) weight.dimension(0);
    int inputs = (int) weight.dimension(1);
    int spatial = (int) (weight.elementCount() / outputs / inputs);
    return Optional.of(new ChannelLayout((int) groups, outputs / (int) groups, inputs, spatial));
  }

  private static boolean isWithoutPadding(Node convolution) {
    return switch (convolution.text("auto_pad", "NOTSET")) {
      case "VALID" -> true;
      case "NOTSET" ->
          convolution.integers("pads").orElse(List.of()).stream().allMatch(pad -> pad == 0);
      default -> false;
    };
  }

  private static void fold(
      GraphRewriter rewriter, Node convolution, ChannelLayout layout, ChannelAffine map) {
    Tensor weight = OwnedConstants.floatConstant(convolution, 1).orElseThrow();
    Optional<FloatBuffer> bias = OwnedConstants.floatConstant(convolution, 2).map(Tensor::floats);
    double[] shifts = layout.shiftsOfRows(weight, map);
    float[] newBias = new float[shifts.length];
    for (int k = 0; k < newBias.length; k++) {
      newBias[k] = (float) ((bias.isPresent() ? bias.get().get(k) : 0) + shifts[k]);
    }
    OwnedConstants owned = new OwnedConstants(rewriter);
    owned.map(new Use(convolution, 1), old -> layout.scaled(old, map));
    owned.putBias(convolution, Tensor.ofFloats(Shape.of(newBias.length), newBias));
  }
}
