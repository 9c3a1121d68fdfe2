/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.quantize.BiasQuantizer;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rounds biases to units of input scale times weight scale.
 *
 * <ol>
 *   <li>One weight scale serves a bias of any length, as in a transposed convolution. Else a bias
 *       that does not hold one element per weight scale, as Gemm allows (one element for all, or a
 *       matrix), is left as it is: its rounding would not be that of an integer kernel.
 *   <li>Where the weights of a channel are so small that its bias would need a code beyond 2^30,
 *       the scale of the channel is raised, see {@link BiasQuantizer#weightScalesFor}; such a
 *       channel is all bias, and its weights lose nothing that could be seen beside it.
 * </ol>
 */
final class BiasInsertion {
  private final InsertionContext context;
  private final ActivationInsertion activations;
  private final WeightInsertion weights;
  private final BiasShifts shifts;
  private final List<Rounded> rounded = new ArrayList<>();

  BiasInsertion(
      InsertionContext context,
      ActivationInsertion activations,
      WeightInsertion weights,
      BiasShifts shifts) {
    this.context = context;
    this.activations = activations;
    this.weights = weights;
    this.shifts = shifts;
  }

  /** Raises weight scales that are too small beside a bias; the graph stays as it is. */
  void raiseWeightScales(BiasQuantization bias) {
    if (!isRoundable(bias)) {
      return;
    }
    try {
      weights.raiseScales(
          bias,
          BiasQuantizer.weightScalesFor(
              floats(tensor(bias)), activations.scale(bias.inputTensor()), weights.scales(bias)));
    } catch (IllegalArgumentException e) {
      throw refused(bias, e);
    }
  }

  /** Chooses the codes of a bias, once all weight scales are settled; the graph stays as it is. */
  void chooseCodes(BiasQuantization bias) {
    if (!isRoundable(bias)) {
      return;
    }
    try {
      BiasQuantizer quantizer =
          BiasQuantizer.of(activations.scale(bias.inputTensor()), weights.scales(bias));
      int[] codes = quantizer.quantize(floats(tensor(bias)));
      Shape shape = Shape.of(codes.length);
      float[] scales = quantizer.scales();
      boolean hasOneScale = scales.length == 1 && codes.length > 1;
      rounded.add(
          new Rounded(
              bias.edge(),
              Tensor.ofInts(shape, codes),
              Tensor.ofFloats(hasOneScale ? Shape.of() : shape, scales),
              Tensor.ofFloats(shape, quantizer.dequantize(codes))));
    } catch (IllegalArgumentException e) {
      throw refused(bias, e);
    }
  }

  /** Writes all biases. */
  void insert(BiasForm form) {
    for (Rounded bias : rounded) {
      addMissing(bias);
      Use use = context.use(bias.edge);
      Value value = use.node().requiredInput(use.inputIndex());
      switch (form) {
        case FLOAT -> writeFloat(use, value, bias);
        case INT32 -> writeInt32(use, value, bias);
      }
    }
  }

  /** Gives an operator that has no bias one of its own. */
  private void addMissing(Rounded bias) {
    Node node = context.node(bias.edge.node());
    int index = bias.edge.inputIndex();
    if (node.input(index).isEmpty()) {
      Value added = context.addConstant(node.name() + "_bias", bias.values);
      context.rewriter().fillInput(node, index, added);
    }
  }

  private void writeFloat(Use use, Value value, Rounded bias) {
    if (value.hasSingleReader()) {
      context.rewriter().replaceConstant(value, bias.values);
    } else {
      context.rewriter().replaceInput(use, context.addConstant(value + "_rounded", bias.values));
    }
  }

  private void writeInt32(Use use, Value value, Rounded bias) {
    List<Value> inputs =
        List.of(
            context.addConstant(value + "_quantized", bias.codes),
            context.addConstant(value + "_scale", bias.scales));
    boolean isOnlyReader = value.hasSingleReader();
    String output =
        isOnlyReader ? value.name() : context.rewriter().freeName(value + "_dequantized");
    String name = context.nodeName(value + "_DequantizeLinear");
    NodeBlueprint dequantize = NodeBlueprint.of("DequantizeLinear", name, inputs, output);
    NodeBlueprint blueprint =
        bias.scales.shape().rank() == 0 ? dequantize : dequantize.withInteger("axis", 0);
    Node node;
    if (isOnlyReader) {
      node = context.rewriter().computeConstant(value, use.node(), blueprint);
    } else {
      node = context.rewriter().insertBefore(use.node(), blueprint);
      context.rewriter().replaceInput(use, node.output());
    }
    context.rewriter().declareLike(node.output(), inputs.get(0), ElementType.FLOAT);
  }

  private static OnnxException refused(BiasQuantization bias, IllegalArgumentException cause) {
    return new OnnxException(
        "the bias of \"%s\" cannot be quantized: %s"
            .formatted(bias.edge().node(), cause.getMessage()),
        cause);
  }

  private boolean isRoundable(BiasQuantization bias) {
    Shape shape = tensor(bias).shape();
    int scaleCount = weights.scales(bias).length;
    return shape.rank() == 1 && (scaleCount == 1 || shape.dimension(0) == scaleCount);
  }

  private Tensor tensor(BiasQuantization bias) {
    return shifts.corrected(context.node(bias.edge().node()));
  }

  private static float[] floats(Tensor tensor) {
    FloatBuffer values = tensor.floats();
    float[] copy = new float[values.remaining()];
    values.get(copy);
    return copy;
  }

  /** The bias at an edge as INT32 codes with their scales, and as the floats these stand for. */
  private record Rounded(Edge edge, Tensor codes, Tensor scales, Tensor values) {}
}
