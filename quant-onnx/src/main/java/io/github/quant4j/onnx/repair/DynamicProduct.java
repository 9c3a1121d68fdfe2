/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A product of which an operand, or both, has a scale that is computed while the model runs:
 * ConvInteger, MatMulInteger, MatMulIntegerToFloat or DynamicQuantizeMatMul.
 *
 * @param node the node that computes the product
 * @param scaled its Cast and Mul, null for operators that write floats themselves
 * @param operands the two operands
 */
record DynamicProduct(Node node, @Nullable IntegerProduct scaled, List<Operand> operands) {
  private static final int FUSED_BIAS = 4;
  private static final int FLOAT_BIAS = 6;

  /**
   * One operand: a float tensor that is quantized as the model runs, or constant codes.
   *
   * @param value the tensor, or the codes
   * @param anchor the node before which the tensor is there
   * @param scale what the codes stand for, null for the tensor
   * @param axis the axis of the scales of the codes
   */
  record Operand(Value value, Node anchor, @Nullable CodeScale scale, long axis) {
    private static Operand of(DynamicQuantization source) {
      return new Operand(source.tensor(), source.node(), null, 0);
    }
  }

  /** Returns the product a node computes, empty where its operands cannot be told. */
  static Optional<DynamicProduct> of(Node node) {
    Optional<IntegerProduct> scaled = IntegerProduct.of(node);
    if (scaled.isPresent()) {
      return ofScaled(scaled.get());
    }
    if (DynamicQuantization.isFused(node)) {
      Operand left = new Operand(node.requiredInput(0), node, null, 0);
      return weight(node, 2, 3).map(right -> new DynamicProduct(node, null, List.of(left, right)));
    }
    if (!node.domain().equals("com.microsoft") || !node.opType().equals("MatMulIntegerToFloat")) {
      return Optional.empty();
    }
    Optional<Operand> left = source(node.input(0), node.input(2), node.input(4));
    Optional<Operand> right =
        source(node.input(1), node.input(3), node.input(5)).or(() -> weight(node, 3, 5));
    return joined(node, null, left, right);
  }

  /** Returns why the product of a node cannot be told. */
  static String obstacle(Node node) {
    if (node.is("ConvInteger", "MatMulInteger") && IntegerProduct.of(node).isEmpty()) {
      return "its sums are not made floats by a Cast and a Mul with the scales";
    }
    return IntegerOperators.contains(node)
        ? "its weight is not constant, or its scales and zero points do not fit"
        : "it has no float operator to stand for it";
  }

  /** Makes it a float operator. */
  void replace(RepairContext context, CodeNodes codeNodes, FixedActivations activations) {
    List<Value> inputs = new ArrayList<>();
    for (Operand operand : operands) {
      inputs.add(
          operand.scale() == null
              ? activations.value(operand.value(), operand.anchor())
              : codeNodes.dequantize(operand.value(), operand.scale(), operand.axis(), node));
    }
    if (scaled != null) {
      scaled.becomeFloat(context.rewriter(), inputs.get(0), inputs.get(1));
      return;
    }
    Optional<Value> bias = node.input(DynamicQuantization.isFused(node) ? FUSED_BIAS : FLOAT_BIAS);
    context.rewriter().replaceInputs(node, inputs);
    context.rewriter().edit(node).changeOperator("MatMul");
    bias.ifPresent(floats -> OperatorDecomposition.addBias(context, codeNodes, node, floats));
  }

  private static Optional<DynamicProduct> ofScaled(IntegerProduct product) {
    Optional<DynamicQuantization> left = DynamicQuantization.behind(product.operand(0));
    Optional<DynamicQuantization> right = DynamicQuantization.behind(product.operand(1));
    Optional<Operand> first = left.flatMap(found -> operand(product, 0, found.scale()));
    Optional<Operand> second = right.flatMap(found -> operand(product, 1, found.scale()));
    if (left.isPresent() && right.isEmpty()) {
      second =
          product.scaleBeside(left.get().scale()).flatMap(scale -> constant(product, 1, scale));
    } else if (right.isPresent() && left.isEmpty()) {
      first =
          product.scaleBeside(right.get().scale()).flatMap(scale -> constant(product, 0, scale));
    } else if (left.isPresent()
        && product.scaleBeside(left.get().scale()).filter(right.get().scale()::equals).isEmpty()) {
      return Optional.empty();
    }
    return joined(product.product(), product, first, second);
  }

  private static Optional<Operand> operand(IntegerProduct product, int index, Value scale) {
    return source(
        Optional.of(product.operand(index)), Optional.of(scale), product.zeroPoint(index));
  }

  private static Optional<Operand> constant(IntegerProduct product, int index, Value scale) {
    return CodeScale.of(Optional.of(scale), product.zeroPoint(index))
        .flatMap(
            found ->
                product
                    .axis(index, found)
                    .map(
                        axis ->
                            new Operand(product.operand(index), product.product(), found, axis)));
  }

  private static Optional<DynamicProduct> joined(
      Node node, @Nullable IntegerProduct scaled, Optional<Operand> left, Optional<Operand> right) {
    return left.isPresent() && right.isPresent()
        ? Optional.of(new DynamicProduct(node, scaled, List.of(left.get(), right.get())))
        : Optional.empty();
  }

  /** Returns an operand whose codes, scale and zero point come from one DynamicQuantizeLinear. */
  private static Optional<Operand> source(
      Optional<Value> codes, Optional<Value> scale, Optional<Value> zeroPoint) {
    return codes
        .flatMap(DynamicQuantization::behind)
        .filter(found -> scale.filter(found.scale()::equals).isPresent())
        .filter(found -> zeroPoint.filter(found.zeroPoint()::equals).isPresent())
        .map(Operand::of);
  }

  /** Returns the constant right operand of a MatMul, whose scales stand along its last axis. */
  private static Optional<Operand> weight(Node node, int scaleIndex, int zeroPointIndex) {
    Optional<Value> codes = node.input(1).filter(Value::isConstant);
    Optional<CodeScale> scale = CodeScale.of(node, scaleIndex, zeroPointIndex);
    if (codes.isEmpty() || scale.isEmpty()) {
      return Optional.empty();
    }
    int last = codes.get().constantShape().orElseThrow().rank() - 1;
    boolean fits =
        scale.get().isSingle()
            || (scale.get().scale().constantShape().orElseThrow().rank() == 1
                && last > 0
                && codes.get().constantShape().orElseThrow().dimension(last)
                    == scale.get().count());
    return fits ? Optional.of(new Operand(codes.get(), node, scale.get(), last)) : Optional.empty();
  }
}
