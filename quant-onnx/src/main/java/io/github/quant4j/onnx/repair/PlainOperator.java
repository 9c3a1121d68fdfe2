/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A standard operator that reads codes as they are.
 *
 * <ol>
 *   <li>Those that move or select elements (Reshape, MaxPool, Concat, Where, Gather and their like)
 *       do the same to floats. Resize does too where it interpolates, since its weights add up to
 *       1; integer arithmetic may have cut off what is less than a code.
 *   <li>Pad, Clip and Relu do so too, with {@code (code - zeroPoint) * scale} in place of the code
 *       they put in or compare with.
 *   <li>ArgMax, ArgMin, Shape and Size read floats and write what they wrote.
 * </ol>
 *
 * <p>Scales are above 0, so that the order of codes is that of the floats, and codes that are
 * dequantized and quantized again with the same numbers stay what they were.
 */
final class PlainOperator {
  private static final Set<String> MOVING =
      Set.of(
          "Compress", "GatherElements", "GatherND", "GlobalMaxPool", "MaxPool", "ReverseSequence");
  private static final Set<String> READING = Set.of("ArgMax", "ArgMin", "Shape", "Size");
  private static final Set<String> BOUNDED = Set.of("Clip", "Pad", "Relu");
  private static final Set<String> JOINING = Set.of("Concat", "Where");

  /** The operator set from which the bounds of Clip, and what Pad puts in, are inputs. */
  private static final int BOUNDS_AS_INPUTS = 11;

  private final RepairContext context;
  private final CodeNodes codeNodes;
  private final Node node;
  private final Map<Value, CodeScale> scales;
  private final CodeScale scale;

  PlainOperator(
      RepairContext context, CodeNodes codeNodes, Node node, Map<Value, CodeScale> scales) {
    this.context = context;
    this.codeNodes = codeNodes;
    this.node = node;
    this.scales = scales;
    this.scale =
        node.inputs().stream().map(scales::get).filter(Objects::nonNull).findFirst().orElseThrow();
  }

  CodeScale scale() {
    return scale;
  }

  /** Tells whether this pass is the one to look at the node. */
  boolean concerns() {
    return node.domain().isEmpty() && !node.is("Cast", "DequantizeLinear", "QuantizeLinear");
  }

  /** Returns why the node cannot read floats, empty when it can. */
  Optional<String> obstacle() {
    if (!isMoving()
        && !READING.contains(node.opType())
        && !BOUNDED.contains(node.opType())
        && !JOINING.contains(node.opType())) {
      return Optional.of("what it makes of codes has no counterpart on floats");
    }
    if (!dataInputs().allMatch(this::isOfScale)) {
      return Optional.of("its inputs are codes of different scales");
    }
    if (BOUNDED.contains(node.opType()) && !hasKnownBounds()) {
      return Optional.of("the codes it compares with or puts in are not constant");
    }
    return Optional.empty();
  }

  /** Makes the node read floats; returns what was done. */
  String carryOut() {
    dataInputs()
        .mapToObj(index -> new Use(node, index))
        .forEach(
            use ->
                context
                    .rewriter()
                    .replaceInput(
                        use,
                        codeNodes.dequantize(node.requiredInput(use.inputIndex()), scale, node)));
    replaceBounds();
    if (READING.contains(node.opType())) {
      return "it reads floats";
    }
    for (Value codes : node.is("Split") ? node.outputs() : List.of(node.output())) {
      codeNodes.quantize(codes, scale);
      scales.put(codes, scale);
    }
    return "DequantizeLinear, %s, QuantizeLinear (%s)".formatted(node.opType(), scale);
  }

  private boolean isMoving() {
    return MOVING.contains(node.opType())
        || OperatorClass.isCopy(node)
        || OperatorClass.isNearestResize(node)
        || isInterpolation();
  }

  /** Tells whether this is a Resize of any mode that puts in no number of its own. */
  private boolean isInterpolation() {
    return node.is("Resize")
        && !node.text("coordinate_transformation_mode", "").equals("tf_crop_and_resize");
  }

  private IntStream dataInputs() {
    return switch (node.opType()) {
      case "Concat" -> IntStream.range(0, node.inputCount());
      case "Where" -> IntStream.of(1, 2);
      default -> IntStream.of(0);
    };
  }

  /** Constants among codes are codes of the same scale, since those they are put beside are. */
  private boolean isOfScale(int index) {
    Optional<Value> value = node.input(index);
    Optional<CodeScale> own = value.map(scales::get);
    return own.isPresent()
        ? own.get().isEqualTo(scale)
        : value.flatMap(Value::constantElementType).filter(CodeTypes::isByte).isPresent();
  }

  private boolean hasKnownBounds() {
    boolean isChanging = node.is("Clip") || scale.offset() != 0;
    return (context.model().opset() >= BOUNDS_AS_INPUTS || !isChanging)
        && bounds().allMatch(index -> code(index).isPresent());
  }

  private IntStream bounds() {
    IntStream positions =
        switch (node.opType()) {
          case "Clip" -> IntStream.of(1, 2);
          case "Pad" -> IntStream.of(2);
          default -> IntStream.empty();
        };
    return positions.filter(index -> node.input(index).isPresent());
  }

  private Optional<Integer> code(int index) {
    return node.input(index)
        .flatMap(Value::constant)
        .filter(tensor -> CodeTypes.isByte(tensor.elementType()))
        .filter(tensor -> tensor.shape().elementCount() == 1)
        .flatMap(ZeroPoints::of)
        .map(values -> values[0]);
  }

  private void replaceBounds() {
    bounds().forEach(index -> fill(index, code(index).orElseThrow()));
    if (node.is("Relu") && scale.offset() != 0) {
      context.rewriter().edit(node).changeOperator("Clip");
      fill(1, 0);
    } else if (node.is("Pad")
        && node.input(2).isEmpty()
        && isConstantPad()
        && scale.offset() != 0) {
      fill(2, 0);
    }
  }

  private boolean isConstantPad() {
    return node.text("mode", "constant").equals("constant");
  }

  private void fill(int index, int code) {
    Tensor real = Tensor.ofFloats(Shape.of(), scale.real(code));
    String name =
        "%s_%s".formatted(node.output(), index == 2 && node.is("Pad") ? "value" : "bound");
    context.rewriter().fillInput(node, index, context.addConstant(name, real));
  }
}
