/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Questions about what lies around a tensor, on a draft. */
final class Neighbours {
  private final PlanDraft draft;

  Neighbours(PlanDraft draft) {
    this.draft = draft;
  }

  /**
   * Tells whether a tensor comes out of an INT8 operator, directly or through operators that are
   * computed in its epilogue or commute with quantization.
   */
  boolean isProducedInInt8(Value value) {
    Optional<Node> producer = value.producer();
    while (producer.isPresent()) {
      Node node = producer.get();
      if (draft.isQuantized(node)) {
        return true;
      }
      boolean isTransparent =
          OperatorClass.isActivation(node)
              || OperatorClass.isCopy(node)
              || OperatorClass.isPlainMaxPool(node);
      if (!isTransparent) {
        return false;
      }
      producer = node.input(0).flatMap(Value::producer);
    }
    return false;
  }

  /** Tells whether some reader of a tensor wants it quantized, looking through copy operators. */
  boolean hasQuantizedReader(Value value) {
    Deque<Value> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      for (Use use : open.pop().uses()) {
        if (draft.isRequested(use)) {
          return true;
        }
        if (use.inputIndex() == 0 && OperatorClass.isCopy(use.node())) {
          open.addAll(use.node().outputs());
        }
      }
    }
    return false;
  }

  /** Tells whether every reader wants it quantized, looking through activations and copies. */
  boolean hasOnlyQuantizedReaders(Value value) {
    Deque<Value> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      Value next = open.pop();
      if (next.isGraphOutput() || next.isCaptured() || next.uses().isEmpty()) {
        return false;
      }
      for (Use use : next.uses()) {
        if (passesThrough(use)) {
          open.addAll(use.node().outputs());
        } else if (!draft.isRequested(use)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean passesThrough(Use use) {
    return use.inputIndex() == 0
        && (OperatorClass.isCopy(use.node()) || OperatorClass.isActivation(use.node()));
  }
}
