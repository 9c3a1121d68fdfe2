/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.repair.IntegerLayout.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Turns one operator on codes into DequantizeLinear, the float operator and QuantizeLinear. The
 * float operator is the same node, with its name and attributes.
 *
 * <p>The numbers are those the operator stands for. Runtimes round its int32 sums by integer
 * arithmetic or in float32, so codes next to half a step may differ by one. Where the codes of the
 * result begin at 0, a {@link Rectifier} says so: without codes, in the float form of the model,
 * nothing else would cut off what is below.
 */
final class OperatorDecomposition {
  /** Operators whose results may be below 0 although no code stands for that. */
  private static final Set<String> SIGNED =
      Set.of("Add", "Conv", "Gemm", "LeakyRelu", "MatMul", "Mul");

  private final RepairContext context;
  private final CodeNodes codeNodes;
  private final Node node;
  private final IntegerLayout layout;

  OperatorDecomposition(
      RepairContext context, CodeNodes codeNodes, Node node, IntegerLayout layout) {
    this.context = context;
    this.codeNodes = codeNodes;
    this.node = node;
    this.layout = layout;
  }

  /** Returns why the node cannot be decomposed, empty when it can. */
  Optional<String> obstacle() {
    if (node.integer("channels_last", 0) != 0) {
      return Optional.of("its channels come last, those of the float operator come second");
    }
    if (layout.operands().isEmpty()) {
      return Optional.of("it has no operands");
    }
    if (isOfOtherOpset()) {
      return Optional.of("its attribute opset differs from the operator set of the model");
    }
    for (Operand operand : layout.operands()) {
      Optional<String> obstacle = obstacle(operand);
      if (obstacle.isPresent()) {
        return obstacle;
      }
    }
    if (layout.hasCodesAsResult(node) && result().isEmpty()) {
      return Optional.of("the scale and zero point of its output are not constants of one element");
    }
    return hasFittingBias()
        ? Optional.empty()
        : Optional.of("its bias does not have one element for each scale of the weight");
  }

  private Optional<String> obstacle(Operand operand) {
    Optional<CodeScale> scale = scale(operand);
    if (node.input(operand.codes()).isEmpty() || scale.isEmpty()) {
      return Optional.of(
          "the scale or zero point at its input %s is not a constant of float32 or eight bits"
              .formatted(operand.scale()));
    }
    return scale.get().isSingle() || axis(operand).isPresent()
        ? Optional.empty()
        : Optional.of(
            "the scales at its input %s do not stand along the outputs of a constant weight"
                .formatted(operand.scale()));
  }

  /** Carries it out; returns the scale of the codes the node made, empty where it makes floats. */
  Optional<CodeScale> carryOut() {
    Optional<Value> bias = layout.bias(node);
    Optional<CodeScale> result = layout.hasCodesAsResult(node) ? result() : Optional.empty();
    context.rewriter().replaceInputs(node, floatInputs());
    adjustAttributes();
    result.ifPresent(this::quantizeResult);
    if (layout.hasFloatBias()) {
      bias.ifPresent(floats -> addBias(context, codeNodes, node, floats));
    }
    return result;
  }

  /** Codes that begin at 0 are a Relu, too, which tools leave out for that reason. */
  private void quantizeResult(CodeScale scale) {
    Value floats = codeNodes.quantize(node.output(), scale);
    if (scale.beginsAtZero() && SIGNED.contains(node.opType())) {
      Rectifier rectifier = Rectifier.of(context, floats.name(), scale.scales()[0]);
      String name = codeNodes.nodeName(node.label() + "_" + rectifier.opType());
      Value signed =
          context
              .rewriter()
              .divert(
                  floats,
                  context.rewriter().freeName(floats + "_signed"),
                  made -> rectifier.blueprint(name, made, floats.name()));
      context.rewriter().declareLike(signed, floats, ElementType.FLOAT);
    }
  }

  private List<Value> floatInputs() {
    List<Value> inputs = new ArrayList<>();
    if (layout.condition() != IntegerLayout.NONE) {
      inputs.add(node.requiredInput(layout.condition()));
    }
    for (Operand operand : layout.operands()) {
      Value codes = node.requiredInput(operand.codes());
      CodeScale scale = scale(operand).orElseThrow();
      inputs.add(codeNodes.dequantize(codes, scale, axis(operand).orElse(0L), node));
    }
    if (!layout.hasFloatBias()) {
      layout.bias(node).ifPresent(codes -> inputs.add(dequantizedBias(codes)));
    }
    return inputs;
  }

  /** Adds a float bias to the output of a node. */
  static void addBias(RepairContext context, CodeNodes codeNodes, Node node, Value bias) {
    Value sum = node.output();
    String name = codeNodes.nodeName(node.name() + "_bias");
    Value product =
        context
            .rewriter()
            .divert(
                sum,
                context.rewriter().freeName(sum + "_unbiased"),
                made -> NodeBlueprint.of("Add", name, List.of(made, bias), sum.name()));
    context.rewriter().declareLike(product, sum, ElementType.FLOAT);
  }

  private void adjustAttributes() {
    if (node.opType().equals("QLinearSoftmax")) {
      context.rewriter().edit(node).setInteger("axis", node.integer("axis", -1));
    }
    context.rewriter().edit(node).changeOperator(layout.floatOperator());
    context.rewriter().edit(node).removeAttribute("channels_last");
    context.rewriter().edit(node).removeAttribute("opset");
  }

  /** From opset 13 on, Softmax is along one axis; before, along all from that axis on. */
  private boolean isOfOtherOpset() {
    return node.hasAttribute("opset")
        && (node.integer("opset", 0) < 13) != (context.model().opset() < 13);
  }

  private Optional<CodeScale> scale(Operand operand) {
    return CodeScale.of(node, operand.scale(), operand.zeroPoint());
  }

  /** Returns the axis of the output channels of a constant weight with a scale for each. */
  private Optional<Long> axis(Operand operand) {
    Optional<Shape> shape = node.requiredInput(operand.codes()).constantShape();
    CodeScale scale = scale(operand).orElseThrow();
    if (shape.isEmpty() || layout.operands().indexOf(operand) != 1 || !hasRankOne(scale)) {
      return Optional.empty();
    }
    int axis =
        switch (layout.floatOperator()) {
          case "Conv" -> 0;
          case "MatMul" -> shape.get().rank() - 1;
          case "Gemm" -> node.integer("transB", 0) == 0 ? 1 : 0;
          default -> -1;
        };
    return axis >= 0 && axis < shape.get().rank() && shape.get().dimension(axis) == scale.count()
        ? Optional.of((long) axis)
        : Optional.empty();
  }

  private static boolean hasRankOne(CodeScale scale) {
    return scale.scale().constantShape().orElseThrow().rank() == 1;
  }

  /**
   * Returns the scale of the output, with a zero point of the type of the operands if it has none.
   */
  private Optional<CodeScale> result() {
    Optional<CodeScale> stated =
        CodeScale.of(node, layout.result(), layout.result() + 1).filter(CodeScale::isSingle);
    return stated
        .filter(scale -> scale.zeroPoint() != null || operandType().isPresent())
        .map(scale -> scale.zeroPoint() != null ? scale : withZero(scale));
  }

  private CodeScale withZero(CodeScale scale) {
    Tensor zero =
        Tensor.ofBytes(
            operandType().orElseThrow(), scale.scale().constantShape().orElseThrow(), (byte) 0);
    return new CodeScale(scale.scale(), context.addConstant(scale.scale() + "_zero_point", zero));
  }

  private Optional<ElementType> operandType() {
    Operand first = layout.operands().get(0);
    Value codes = node.requiredInput(first.codes());
    return scale(first)
        .flatMap(CodeScale::type)
        .or(codes::constantElementType)
        .or(() -> codes.type().elementType())
        .filter(CodeTypes::isByte);
  }

  private boolean hasFittingBias() {
    Optional<Value> bias = layout.bias(node);
    if (bias.isEmpty() || layout.hasFloatBias()) {
      return true;
    }
    long count = weightScale().count();
    boolean isBeforeEachRow = scale(layout.operands().get(0)).orElseThrow().isSingle();
    Optional<Shape> shape = bias.get().constantShape();
    return isBeforeEachRow
        && (count == 1
            || shape
                .filter(known -> known.rank() > 0 && known.dimension(known.rank() - 1) == count)
                .isPresent());
  }

  private CodeScale weightScale() {
    return scale(layout.operands().get(1)).orElseThrow();
  }

  /**
   * Returns the bias, whose units are input scale times weight scale; with one scale per output
   * channel these stand along its last axis.
   */
  private Value dequantizedBias(Value codes) {
    double inputScale = scale(layout.operands().get(0)).orElseThrow().scales()[0];
    float[] scales = weightScale().scales();
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) (inputScale * node.real("alpha", 1) * scales[i]);
    }
    Shape shape = scales.length == 1 ? Shape.of() : Shape.of(scales.length);
    Value scale = context.addConstant(codes + "_scale", Tensor.ofFloats(shape, scales));
    long axis = codes.constantShape().map(Shape::rank).orElse(1) - 1L;
    return codeNodes.dequantize(codes, new CodeScale(scale, null), axis, node);
  }
}
