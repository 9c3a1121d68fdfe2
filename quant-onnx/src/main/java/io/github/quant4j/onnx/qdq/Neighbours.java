/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    Optional<Value> next = Optional.of(value);
    while (next.isPresent()) {
      Value current = next.get();
      if (current.producer().filter(draft::isQuantized).isPresent()) {
        return true;
      }
      next = beforeTransparent(current);
    }
    return false;
  }

  /** Returns what an operator, or an activation of several, reads that INT8 passes through. */
  private Optional<Value> beforeTransparent(Value value) {
    Optional<ActivationPattern> activation =
        draft.patterns().activationEndingAt(value).filter(Neighbours::isEpilogue);
    if (activation.isPresent()) {
      return activation.map(ActivationPattern::input);
    }
    return value
        .producer()
        .flatMap(
            node ->
                OperatorClass.isActivation(node)
                        || OperatorClass.isCopy(node)
                        || OperatorClass.isPlainMaxPool(node)
                    ? node.input(0)
                    : OperatorClass.operandBesideConstant(node));
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
    Set<Value> seen = new HashSet<>();
    while (!open.isEmpty()) {
      Value next = open.pop();
      if (!seen.add(next)) {
        continue;
      }
      if (next.isGraphOutput() || next.isCaptured() || next.uses().isEmpty()) {
        return false;
      }
      for (Use use : next.uses()) {
        Optional<ActivationPattern> activation = activationOf(use);
        if (activation.isPresent()) {
          open.add(activation.get().output());
        } else if (passesThrough(use)) {
          open.addAll(use.node().outputs());
        } else if (!draft.isRequested(use)) {
          return false;
        }
      }
    }
    return true;
  }

  private Optional<ActivationPattern> activationOf(Use use) {
    return draft
        .patterns()
        .activationCovering(use.node())
        .filter(Neighbours::isEpilogue)
        .filter(found -> use.node().input(use.inputIndex()).equals(Optional.of(found.input())));
  }

  /** GELU is left out: TensorRT fuses it only where precision is the same on both sides. */
  private static boolean isEpilogue(ActivationPattern activation) {
    return activation.function() != Function.GELU;
  }

  private static boolean passesThrough(Use use) {
    return use.inputIndex() == 0
        && (OperatorClass.isCopy(use.node()) || OperatorClass.isActivation(use.node()));
  }
}
