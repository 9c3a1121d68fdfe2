/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Biases that an Add behind a quantized Conv, ConvTranspose or Gemm adds, where the engine would
 * need a kernel of its own for them.
 *
 * <p>A float32 constant that holds one number for each output channel, or one for all, becomes the
 * operator's bias: {@code b' = beta * b + c}, in float64 and rounded once. The operator's output
 * must have no other reader, and its bias must be a constant of one number per channel.
 */
final class LateBiases {
  private final RepairContext context;

  LateBiases(RepairContext context) {
    this.context = context;
  }

  /** Moves all of the graph; returns whether there were any. */
  boolean move() {
    boolean modified = false;
    for (Node node : context.graph().nodes()) {
      if (node.is("Add") && node.inputs().size() == 2) {
        modified |= move(node, 0) || move(node, 1);
      }
    }
    return modified;
  }

  private boolean move(Node add, int operand) {
    Value result = add.requiredInput(operand);
    Value constant = add.requiredInput(1 - operand);
    Optional<BiasedOperator> operator =
        result
            .producer()
            .filter(node -> constant.isConstant() && result.hasSingleReader())
            .flatMap(BiasedOperator::of)
            .filter(BiasedOperator::isQuantized);
    Optional<float[]> bias = operator.flatMap(found -> sum(found, constant));
    if (bias.isEmpty()) {
      return false;
    }
    write(add, operator.orElseThrow().node(), constant, bias.get());
    return true;
  }

  private void write(Node add, Node node, Value constant, float[] bias) {
    context.repaired(
        Defect.QUANTIZED_BIAS,
        Site.of(node, constant),
        "constant of shape %s is added behind the operator by \"%s\""
            .formatted(constant.constantShape().orElseThrow(), add.label()),
        "it is the operator's bias, or part of it");
    Value added =
        context.addConstant(node.output() + "_bias", Tensor.ofFloats(Shape.of(bias.length), bias));
    context.rewriter().fillInput(node, BiasedOperator.BIAS, added);
    context.rewriter().edit(node).removeAttribute("beta");
    context.rewriter().absorb(add, node);
  }

  private static Optional<float[]> sum(BiasedOperator operator, Value constant) {
    OptionalInt rank = operator.outputRank();
    OptionalInt count = operator.outputCount();
    if (rank.isEmpty() || count.isEmpty()) {
      return Optional.empty();
    }
    Optional<float[]> added =
        constant
            .constant()
            .flatMap(
                tensor -> BiasedOperator.alongChannels(tensor, rank.getAsInt(), count.getAsInt()));
    Optional<double[]> bias = operator.constantBias(count.getAsInt());
    if (added.isEmpty() || bias.isEmpty()) {
      return Optional.empty();
    }
    float[] sum = new float[count.getAsInt()];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = (float) (bias.get()[i] + added.get()[i]);
    }
    return Optional.of(sum);
  }
}
