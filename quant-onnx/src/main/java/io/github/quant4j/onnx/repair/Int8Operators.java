/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What operators of a quantized graph are to the pairs around them. */
final class Int8Operators {
  private static final int WEIGHT = 1;

  private Int8Operators() {}

  static boolean isWeighted(Node node) {
    return node.is("Conv", "ConvTranspose", "Gemm", "MatMul");
  }

  /** Tells whether an operator has a quantized weight, stored as codes or behind a pair. */
  static boolean hasInt8Weight(Node node) {
    return isWeighted(node)
        && node.input(WEIGHT)
            .flatMap(Value::producer)
            .filter(producer -> producer.is("DequantizeLinear"))
            .flatMap(producer -> producer.input(0))
            .filter(codes -> codes.isConstant() || isCodeOfConstant(codes))
            .isPresent();
  }

  private static boolean isCodeOfConstant(Value codes) {
    return codes
        .producer()
        .filter(node -> node.is("QuantizeLinear"))
        .flatMap(node -> node.input(0))
        .filter(Value::isConstant)
        .isPresent();
  }

  /** Tells whether this adds two computed tensors. */
  static boolean isSum(Node node) {
    return node.is("Add", "Sum")
        && node.inputCount() == 2
        && node.inputs().size() == 2
        && node.inputs().stream().noneMatch(Value::isConstant);
  }

  /**
   * Tells whether pairs of one scale may stand on either side with the same result: operators that
   * move or choose elements, and Relu and Clip, since cutting at a bound and rounding are
   * monotonic.
   */
  static boolean commutes(Use use) {
    Node node = use.node();
    return use.inputIndex() == 0
        && (OperatorClass.isCommuting(node) || node.is("Relu") || isConstantClip(node));
  }

  static boolean isConstantClip(Node node) {
    return node.is("Clip")
        && node.input(1).map(Value::isConstant).orElse(true)
        && node.input(2).map(Value::isConstant).orElse(true);
  }

  /** Returns the pair that a value comes out of, through operators that commute, or directly. */
  static Optional<Int8Pair> pairBefore(Value value) {
    Optional<Int8Pair> pair = Int8Pair.behind(value);
    Optional<Node> producer = value.producer();
    while (pair.isEmpty() && producer.filter(node -> commutes(new Use(node, 0))).isPresent()) {
      Value before = producer.orElseThrow().requiredInput(0);
      pair = Int8Pair.behind(before);
      producer = before.producer();
    }
    return pair;
  }

  /**
   * Returns the pairs that a value reaches through operators that commute, or directly.
   *
   * @return the pairs, empty where anything else depends on the value or on what is made of it
   */
  static Optional<List<Int8Pair>> pairsBehind(Value value) {
    List<Int8Pair> found = new ArrayList<>();
    Deque<Value> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      Value next = open.pop();
      if (next.isUnused() || next.isGraphOutput() || next.isCaptured()) {
        return Optional.empty();
      }
      for (Use use : next.uses()) {
        Optional<Int8Pair> pair = Int8Pair.of(use.node());
        pair.ifPresent(found::add);
        if (pair.isEmpty() && !commutes(use)) {
          return Optional.empty();
        }
        if (pair.isEmpty()) {
          open.addAll(use.node().outputs());
        }
      }
    }
    return Optional.of(List.copyOf(found));
  }

  /**
   * Tells whether a node takes what it reads there as int8 when that has a pair, be it through
   * operators that move or choose elements.
   */
  static boolean wantsPair(Use use) {
    Deque<Use> open = new ArrayDeque<>(List.of(use));
    while (!open.isEmpty()) {
      Use next = open.pop();
      if (computesInInt8(next)) {
        return true;
      }
      if (next.inputIndex() == 0 && OperatorClass.isCommuting(next.node())) {
        next.node().outputs().forEach(output -> open.addAll(output.uses()));
      }
    }
    return false;
  }

  private static boolean computesInInt8(Use use) {
    Node node = use.node();
    if (isSum(node) || node.is("Concat")) {
      return node.inputs().stream().anyMatch(input -> Int8Pair.behind(input).isPresent());
    }
    return use.inputIndex() == 0
        && (hasInt8Weight(node)
            || (node.is("AveragePool", "GlobalAveragePool")
                && pairsBehind(node.output()).isPresent()));
  }
}
