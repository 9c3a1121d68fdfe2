/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;

/**
 * A ConvInteger or MatMulInteger whose int32 sums become floats by a Cast and by a Mul with the
 * product of the scales of both operands.
 *
 * @param product the operator on codes
 * @param cast the Cast to float32, its only reader
 * @param scaling the Mul by the scales, the only reader of that
 */
record IntegerProduct(Node product, Node cast, Node scaling) {
  private static final int FIRST_ZERO_POINT = 2;
  private static final long FLOAT = 1;

  /** Returns what a node is the first part of, empty where the rest is missing. */
  static Optional<IntegerProduct> of(Node node) {
    return Optional.of(node)
        .filter(product -> product.is("ConvInteger", "MatMulInteger"))
        .filter(product -> product.input(0).isPresent() && product.input(1).isPresent())
        .flatMap(IntegerProduct::onlyReader)
        .filter(cast -> cast.is("Cast") && cast.integer("to", 0) == FLOAT)
        .flatMap(
            cast ->
                onlyReader(cast)
                    .filter(scaling -> scaling.is("Mul") && scaling.inputs().size() == 2)
                    .map(scaling -> new IntegerProduct(node, cast, scaling)));
  }

  private static Optional<Node> onlyReader(Node node) {
    return node.output(0).filter(Value::hasSingleReader).map(value -> value.uses().get(0).node());
  }

  Value operand(int index) {
    return product.requiredInput(index);
  }

  Optional<Value> zeroPoint(int index) {
    return product.input(FIRST_ZERO_POINT + index);
  }

  /** Returns what the sums are multiplied by. */
  Value factor() {
    Value first = scaling.requiredInput(0);
    return first == cast.output() ? scaling.requiredInput(1) : first;
  }

  /** Returns the scale that is multiplied with a given one, empty where that is no factor. */
  Optional<Value> scaleBeside(Value scale) {
    return factor()
        .producer()
        .filter(node -> node.is("Mul") && node.inputs().contains(scale))
        .map(
            node -> node.requiredInput(0) == scale ? node.requiredInput(1) : node.requiredInput(0));
  }

  /** Returns the axis of scales of a constant operand, empty where they do not fit it. */
  Optional<Long> axis(int index, CodeScale scale) {
    Optional<Shape> codes = operand(index).constantShape();
    if (codes.isEmpty() || scale.isSingle()) {
      return codes.map(shape -> 0L);
    }
    long last = codes.get().rank() - 1L;
    boolean fits =
        index == 1
            && product.is("MatMulInteger")
            && scale.scale().constantShape().orElseThrow().rank() == 1
            && last > 0
            && codes.get().dimension((int) last) == scale.count();
    return fits ? Optional.of(last) : Optional.empty();
  }

  /**
   * Makes this a float operator of codes whose scale is constant.
   *
   * @return false, and nothing is changed, where the scale of the weight cannot be told
   */
  boolean replaceStatic(RepairContext context, CodeNodes codeNodes, CodeScale input) {
    Optional<CodeScale> left = CodeScale.of(Optional.of(input.scale()), zeroPoint(0));
    Optional<Value> stated = scaleBeside(input.scale());
    Optional<Tensor> quotient = quotient(input);
    if (left.isEmpty() || (stated.isEmpty() && quotient.isEmpty())) {
      return false;
    }
    Value scale =
        stated.orElseGet(() -> context.addConstant(operand(1) + "_scale", quotient.orElseThrow()));
    Optional<CodeScale> right = CodeScale.of(Optional.of(scale), zeroPoint(1));
    Optional<Long> axis = right.flatMap(found -> axis(1, found));
    if (right.isEmpty() || axis.isEmpty()) {
      if (stated.isEmpty()) {
        context.rewriter().removeInitializer(scale);
      }
      return false;
    }
    becomeFloat(
        context.rewriter(),
        codeNodes.dequantize(operand(0), left.get(), product),
        codeNodes.dequantize(operand(1), right.get(), axis.get(), product));
    return true;
  }

  /** Returns the scale of the weight where only its product with that of the input is there. */
  private Optional<Tensor> quotient(CodeScale input) {
    double divisor = input.scales()[0];
    return factor()
        .constant()
        .filter(total -> total.elementType() == ElementType.FLOAT && total.shape().rank() <= 1)
        .map(
            total -> {
              float[] scales = new float[total.floats().remaining()];
              for (int i = 0; i < scales.length; i++) {
                scales[i] = (float) (total.floats().get(i) / divisor);
              }
              return Tensor.ofFloats(total.shape(), scales);
            });
  }

  /** Makes this a Conv or MatMul of floats, which writes what the Mul wrote. */
  void becomeFloat(GraphRewriter rewriter, Value left, Value right) {
    Optional<Node> scales = factor().producer();
    rewriter.replaceInputs(product, List.of(left, right));
    rewriter.edit(product).changeOperator(product.is("ConvInteger") ? "Conv" : "MatMul");
    rewriter.absorb(cast, product);
    rewriter.absorb(scaling, product);
    scales
        .filter(node -> node.outputs().stream().allMatch(Value::isUnused))
        .ifPresent(rewriter::remove);
  }
}
