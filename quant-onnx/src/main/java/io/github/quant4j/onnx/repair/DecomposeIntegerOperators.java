/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Replaces operators on codes by DequantizeLinear, the float operator and QuantizeLinear (R28).
 *
 * <ol>
 *   <li>QuantizeLinear and DequantizeLinear of ONNX Runtime become those of ONNX.
 *   <li>Operators that carry their scales, such as QLinearConv and QGemm, are decomposed.
 *   <li>ConvInteger and MatMulInteger become float operators together with the Cast and the Mul by
 *       which their sums are made floats.
 *   <li>Plain operators that read codes, such as MaxPool or Reshape, read floats; where they write
 *       codes, these are those of the same scale.
 *   <li>What computes its scales while the model runs is left to {@link ReplaceComputedScales}; all
 *       else is refused.
 * </ol>
 *
 * <p>One walk over the nodes in their order. The names of all tensors stay; new ones are named
 * after the codes they belong to.
 */
final class DecomposeIntegerOperators implements RepairPass {
  /** The first operator set with QuantizeLinear. */
  private static final int FIRST_OPSET = 10;

  @Override
  public boolean run(RepairContext context) {
    Walk walk = new Walk(context);
    for (Node node : context.graph().nodes()) {
      walk.visit(node);
    }
    return walk.isChanged;
  }

  /** One walk: the scales of the codes seen so far. */
  private static final class Walk {
    private final RepairContext context;
    private final CodeNodes codeNodes;
    private final Map<Value, CodeScale> scales = new HashMap<>();
    private boolean isChanged;

    private Walk(RepairContext context) {
      this.context = context;
      this.codeNodes = new CodeNodes(context);
    }

    private void visit(Node node) {
      if (node.output(0).isEmpty()) {
        return;
      }
      if (IntegerOperators.isForeignQuantizer(node)) {
        convert(node);
      } else if (IntegerOperators.contains(node)) {
        decompose(node);
      } else if (node.inputs().stream().anyMatch(scales::containsKey)) {
        visitReader(node);
      }
      note(node);
    }

    /** Notes what the codes of a QuantizeLinear stand for. */
    private void note(Node node) {
      Quantizer.of(node)
          .filter(quantizer -> quantizer.isQuantize() && !quantizer.data().isConstant())
          .flatMap(quantizer -> CodeScale.of(node, 1, 2))
          .filter(CodeScale::isSingle)
          .ifPresent(scale -> scales.put(node.output(), scale));
    }

    private void convert(Node node) {
      String found = "the %s is that of com.microsoft".formatted(node.opType());
      if (context.model().opset() < FIRST_OPSET) {
        refuse(node, found, "ONNX has it from operator set 10 on; convert the model to that");
      } else if (!CodeTypes.isKnown(codeType(node))) {
        refuse(node, found, "there are no kernels for its codes of type " + codeType(node));
      } else {
        context.rewriter().edit(node).changeOperator(node.opType());
        repaired(
            node, node.output(), found, "com.microsoft %1$s -> ONNX %1$s".formatted(node.opType()));
      }
    }

    private static ElementType codeType(Node node) {
      Optional<Value> typed =
          node.input(2).or(() -> node.opType().startsWith("Q") ? Optional.empty() : node.input(0));
      return typed
          .flatMap(value -> value.constantElementType().or(() -> value.type().elementType()))
          .orElse(ElementType.UINT8);
    }

    private void decompose(Node node) {
      if (DynamicQuantization.concerns(node)) {
        return;
      }
      Optional<IntegerLayout> layout = IntegerLayout.of(node);
      String found = node.opType() + " computes on codes";
      if (layout.isEmpty()) {
        decomposeProduct(node, found);
        return;
      }
      OperatorDecomposition decomposition =
          new OperatorDecomposition(context, codeNodes, node, layout.get());
      Optional<String> obstacle = decomposition.obstacle();
      if (obstacle.isPresent()) {
        refuse(node, found, obstacle.get() + "; export the model with QuantizeLinear instead");
        return;
      }
      Value output = node.output();
      Optional<CodeScale> result = decomposition.carryOut();
      result.ifPresent(scale -> scales.put(output, scale));
      String behind = result.map(scale -> ", QuantizeLinear (" + scale + ")").orElse("");
      boolean isClipped =
          output.producer().filter(last -> last != node).isPresent()
              && node.output().uses().get(0).node().is("Relu");
      String function = node.opType() + (isClipped ? ", Relu" : "");
      repaired(node, output, found, "DequantizeLinear, " + function + behind);
    }

    private void decomposeProduct(Node node, String found) {
      Optional<IntegerProduct> product = IntegerProduct.of(node);
      Optional<CodeScale> input = node.input(0).map(scales::get);
      if (product.isPresent()
          && input.isPresent()
          && product.get().replaceStatic(context, codeNodes, input.get())) {
        repaired(node, node.output(), found, "DequantizeLinear, " + node.opType());
      } else {
        refuse(node, found, reason(node));
      }
    }

    private static String reason(Node node) {
      return node.is("ConvInteger", "MatMulInteger")
          ? "the scales of its operands cannot be told: expected codes of a QuantizeLinear, a constant"
              + " weight, and a Cast and a Mul with the scales behind it"
          : "no float operator stands for it; export the model without %s".formatted(node.opType());
    }

    private void visitReader(Node node) {
      PlainOperator operator = new PlainOperator(context, codeNodes, node, scales);
      if (!operator.concerns()) {
        return;
      }
      String found = "%s reads codes (%s)".formatted(node.opType(), operator.scale());
      Optional<String> obstacle = operator.obstacle();
      if (obstacle.isPresent()) {
        refuse(node, found, obstacle.get());
      } else {
        Value output = node.output();
        repaired(node, output, found, operator.carryOut());
      }
    }

    private void refuse(Node node, String found, String reason) {
      context.refused(Defect.INTEGER_OPERATOR, Site.of(node, node.output()), found, reason);
    }

    private void repaired(Node node, Value output, String found, String done) {
      context.repaired(Defect.INTEGER_OPERATOR, Site.of(node, output), found, done);
      isChanged = true;
    }
  }
}
