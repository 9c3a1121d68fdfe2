/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.CommonAncestor;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Optional;

/**
 * An Add of two computed tensors of one shape, of which a quantized convolution or Gemm computes
 * one for it alone: TensorRT can make the Add part of that operator.
 *
 * @param add the Add, or a Sum of two
 * @param main the input that is fused: the only one that can be, else the one with the longer way
 *     to their common ancestor, on a tie input 1
 * @param hasChoice whether either input could be fused
 */
record ResidualAdd(Node add, int main, boolean hasChoice) {

  /** Returns those of a graph, in the order of its nodes. */
  static List<ResidualAdd> of(Graph graph, ShapeInference shapes) {
    return graph.nodes().stream()
        .filter(Int8Operators::isSum)
        .filter(node -> shapes.haveSameShape(node.requiredInput(0), node.requiredInput(1)))
        .flatMap(node -> of(node).stream())
        .toList();
  }

  private static Optional<ResidualAdd> of(Node add) {
    boolean canFuseLeft = isFusible(add.requiredInput(0));
    boolean canFuseRight = isFusible(add.requiredInput(1));
    if (canFuseLeft && canFuseRight) {
      int main = CommonAncestor.fartherOf(add.requiredInput(0), add.requiredInput(1));
      return Optional.of(new ResidualAdd(add, main, true));
    }
    return canFuseLeft || canFuseRight
        ? Optional.of(new ResidualAdd(add, canFuseLeft ? 0 : 1, false))
        : Optional.empty();
  }

  /**
   * Tells whether a quantized Conv, ConvTranspose or Gemm computes a value for its one reader:
   * walks back over a pair, BatchNormalization, Identity, and Add or Mul with constants.
   */
  static boolean isFusible(Value operand) {
    Optional<Int8Pair> pair = Int8Pair.behind(operand).filter(found -> operand.hasSingleReader());
    Value value = pair.map(Int8Pair::tensor).orElse(operand);
    while (value.hasSingleReader() && value.producer().isPresent()) {
      Node producer = value.producer().get();
      if (Int8Operators.hasInt8Weight(producer)) {
        // A MatMul has no epilogue for a tensor of its own size.
        return !producer.is("MatMul");
      }
      Optional<Value> before = Epilogue.beforeConstantStep(producer);
      if (before.isEmpty()) {
        return false;
      }
      value = before.get();
    }
    return false;
  }

  Optional<Int8Pair> mainPair() {
    return Int8Pair.behind(add.requiredInput(main));
  }

  Value skip() {
    return add.requiredInput(1 - main);
  }

  Optional<Int8Pair> skipPair() {
    return Int8Pair.behind(skip());
  }
}
