/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/** What the rules ask of a Conv, ConvTranspose, Gemm or MatMul. */
final class WeightedOperator {
  private WeightedOperator() {}

  /** Returns the shape of the constant float32 weight, empty when input 1 is anything else. */
  static Optional<Shape> weightShape(Node node) {
    return node.input(1).filter(WeightedOperator::isFloatConstant).flatMap(Value::constantShape);
  }

  static boolean isFloatConstant(Value value) {
    return value.isConstant(ElementType.FLOAT);
  }

  static boolean readsGraphInput(Node node) {
    return node.input(0).filter(Value::isGraphInput).isPresent();
  }

  static long groups(Node convolution) {
    return convolution.integer("group", 1);
  }

  /** Tells whether INT8 kernels take groups of these numbers of channels. */
  static boolean areMultiplesOf4(long inputsPerGroup, long outputsPerGroup) {
    return inputsPerGroup % 4 == 0 && outputsPerGroup % 4 == 0;
  }

  static boolean isDepthwise(Node convolution, Shape weight) {
    return groups(convolution) > 1 && weight.dimension(1) == 1;
  }
}
