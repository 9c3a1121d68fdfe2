/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Tells what stands before and behind an average. */
final class PoolSurroundings {
  /** Longer than what stands between a convolution and its pair in any known network. */
  private static final int LARGEST_NEIGHBOURHOOD = 32;

  private PoolSurroundings() {}

  /**
   * Tells whether a tensor is quantized, perhaps behind operators that move elements or join
   * tensors; true as well where too many of them stand there to tell.
   */
  static boolean isQuantizedBehind(Value value) {
    Deque<Value> open = new ArrayDeque<>(Set.of(value));
    Set<Value> seen = new HashSet<>();
    while (!open.isEmpty()) {
      Value next = open.remove();
      if (!seen.add(next)) {
        continue;
      }
      if (seen.size() > LARGEST_NEIGHBOURHOOD) {
        return true;
      }
      for (Use use : next.uses()) {
        if (use.inputIndex() == 0 && use.node().is("QuantizeLinear")) {
          return true;
        }
        if (passesOn(use)) {
          open.addAll(use.node().outputs());
        }
      }
    }
    return false;
  }

  private static boolean passesOn(Use use) {
    return use.node().is("Concat")
        || (use.inputIndex() == 0 && OperatorClass.isCommuting(use.node()));
  }

  /**
   * Tells whether a tensor is what an operator with quantized inputs computes, perhaps through its
   * epilogue: normalization, addition and activation.
   */
  static boolean isComputedInInt8(Value value) {
    Deque<Value> open = new ArrayDeque<>(Set.of(value));
    Set<Value> seen = new HashSet<>();
    while (!open.isEmpty() && seen.size() < LARGEST_NEIGHBOURHOOD) {
      Value next = open.remove();
      Optional<Node> producer = next.producer();
      if (!seen.add(next) || producer.isEmpty()) {
        continue;
      }
      Node node = producer.get();
      if (isInt8(node)) {
        return true;
      }
      if (OperatorClass.isActivation(node) || node.is("BatchNormalization")) {
        open.add(node.requiredInput(0));
      } else if (node.is("Add")) {
        open.addAll(node.inputs());
      }
    }
    return false;
  }

  private static boolean isInt8(Node node) {
    return Int8Operators.isWeighted(node)
        && node.input(0).filter(CodeOrigin::isQuantized).isPresent()
        && node.input(1).flatMap(QuantizedWeight::of).isPresent();
  }
}
