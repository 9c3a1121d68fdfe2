/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads the constants of a node, and changes them without changing them for anyone else. */
final class OwnedConstants {
  private final GraphRewriter rewriter;

  OwnedConstants(GraphRewriter rewriter) {
    this.rewriter = rewriter;
  }

  /** Returns the float32 constant a node reads, empty where it reads anything else. */
  static Optional<Tensor> floatConstant(Node node, int index) {
    return node.input(index)
        .flatMap(Value::constant)
        .filter(tensor -> tensor.elementType() == ElementType.FLOAT);
  }

  /** Returns the shape of the float32 constant a node reads, without decoding its contents. */
  static Optional<Shape> floatShape(Node node, int index) {
    return node.input(index)
        .filter(value -> value.isConstant(ElementType.FLOAT))
        .flatMap(Value::constantShape);
  }

  /**
   * Replaces the constant in place where this is its only reader, else gives the reader its own.
   */
  void put(Use use, Tensor tensor) {
    Value value = use.node().input(use.inputIndex()).orElseThrow();
    if (value.hasSingleReader()) {
      rewriter.replaceConstant(value, tensor);
    } else {
      rewriter.replaceInput(
          use, rewriter.addInitializer(rewriter.freeName(value + "_folded"), tensor));
    }
  }

  /** Does the same with a function of the float32 constant, computed when it is asked for. */
  void map(Use use, UnaryOperator<Tensor> function) {
    Value value = use.node().input(use.inputIndex()).orElseThrow();
    if (value.hasSingleReader()) {
      rewriter.replaceConstant(value, ElementType.FLOAT, function);
    } else {
      String name = rewriter.freeName(value + "_folded");
      rewriter.replaceInput(use, rewriter.addInitializer(name, value, ElementType.FLOAT, function));
    }
  }

  /** Replaces the bias of a Conv, ConvTranspose or Gemm, or gives it one. */
  void putBias(Node convolution, Tensor bias) {
    if (convolution.input(2).isPresent()) {
      put(new Use(convolution, 2), bias);
    } else {
      Value weight = convolution.input(1).orElseThrow();
      rewriter.fillInput(
          convolution, 2, rewriter.addInitializer(rewriter.freeName(weight + "_bias"), bias));
    }
  }
}
