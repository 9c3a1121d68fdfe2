/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Evaluates one operator whose inputs are all constants. */
final class ConstantExpression {
  private ConstantExpression() {}

  /**
   * Returns the result, with the rounding of ONNX Runtime; empty for operators, element types and
   * attributes outside {@link FoldConstants}' list, and where the operator would fail.
   */
  static Optional<ConstantResult> of(Node node) {
    if (!node.domain().isEmpty() || node.input(0).isEmpty()) {
      return Optional.empty();
    }
    return switch (node.opType()) {
      case "Shape" -> shape(node);
      case "ConstantOfShape" -> constantOfShape(node);
      case "Add" -> arithmetic(node, BroadcastArithmetic.ADD);
      case "Sub" -> arithmetic(node, BroadcastArithmetic.SUB);
      case "Mul" -> arithmetic(node, BroadcastArithmetic.MUL);
      case "Div" -> arithmetic(node, BroadcastArithmetic.DIV);
      case "Concat" -> operands(node).flatMap(parts -> JoinedConstants.concat(node, parts));
      case "Gather" ->
          operands(node)
              .filter(operands -> operands.size() == 2)
              .flatMap(pair -> JoinedConstants.gather(node, pair.get(0), pair.get(1)));
      case "Cast",
          "Expand",
          "Identity",
          "Neg",
          "Pad",
          "Reshape",
          "Slice",
          "Sqrt",
          "Squeeze",
          "Transpose",
          "Unsqueeze" ->
          operand(node, 0).flatMap(data -> ofData(node, data));
      default -> Optional.empty();
    };
  }

  private static Optional<ConstantResult> ofData(Node node, Tensor data) {
    return switch (node.opType()) {
      case "Cast" -> ElementwiseConstants.cast(data, node.integer("to", 0));
      case "Expand" -> ReshapedConstants.expand(node, data);
      case "Neg" -> ElementwiseConstants.negate(data);
      case "Reshape" -> ReshapedConstants.reshape(node, data);
      case "Slice" -> SlicedConstants.slice(node, data);
      case "Sqrt" -> ElementwiseConstants.sqrt(data);
      case "Squeeze" -> ReshapedConstants.squeeze(node, data);
      case "Transpose" -> ReshapedConstants.transpose(node, data);
      case "Unsqueeze" -> ReshapedConstants.unsqueeze(node, data);
      // Identity, and a Pad by nothing.
      default ->
          node.is("Identity") || RemoveNoOps.isNoOp(node)
              ? Optional.of(ConstantResult.of(data))
              : Optional.empty();
    };
  }

  private static Optional<ConstantResult> arithmetic(Node node, BroadcastArithmetic operator) {
    // Before opset 7, operands were aligned by attributes.
    if (node.hasAttribute("axis") || node.hasAttribute("broadcast")) {
      return Optional.empty();
    }
    return operands(node)
        .filter(operands -> operands.size() == 2)
        .flatMap(pair -> operator.of(pair.get(0), pair.get(1)));
  }

  private static Optional<ConstantResult> shape(Node node) {
    return node.requiredInput(0)
        .constantShape()
        .map(
            shape -> {
              int start = bound(node.integer("start", 0), shape.rank());
              int end = bound(node.integer("end", shape.rank()), shape.rank());
              long[] sizes = new long[Math.max(0, end - start)];
              System.arraycopy(shape.toArray(), Math.min(start, end), sizes, 0, sizes.length);
              return ConstantResult.of(Tensor.ofLongs(Shape.of(sizes.length), sizes));
            });
  }

  private static int bound(long declared, int rank) {
    long position = declared < 0 ? declared + rank : declared;
    return (int) Math.max(0, Math.min(rank, position));
  }

  private static Optional<ConstantResult> constantOfShape(Node node) {
    Tensor element = node.tensor("value").orElseGet(() -> Tensor.ofFloats(Shape.of(), 0));
    if (element.shape().elementCount() != 1 || !isWholeBytes(element.elementType())) {
      return Optional.empty();
    }
    return operand(node, 0)
        .filter(sizes -> sizes.elementType() == ElementType.INT64 && sizes.shape().rank() == 1)
        .flatMap(IndexList::of)
        .flatMap(s -> ReshapedConstants.shape(s.stream().mapToLong(Long::longValue).toArray()))
        .map(shape -> new StridedView(element, 0, shape, new long[shape.rank()]).result());
  }

  private static Optional<List<Tensor>> operands(Node node) {
    List<Tensor> operands = new ArrayList<>();
    for (int i = 0; i < node.inputCount(); i++) {
      Optional<Tensor> operand = operand(node, i);
      if (operand.isEmpty()) {
        return Optional.empty();
      }
      operands.add(operand.get());
    }
    return Optional.of(operands);
  }

  /** Returns a constant of elements that fill whole bytes; text, packed and complex ones do not. */
  private static Optional<Tensor> operand(Node node, int index) {
    return node.input(index)
        .filter(value -> value.constantElementType().filter(type -> isWholeBytes(type)).isPresent())
        .flatMap(Value::constant);
  }

  private static boolean isWholeBytes(ElementType type) {
    return type.bitWidth() >= Byte.SIZE && type.bitWidth() <= Long.SIZE;
  }
}
