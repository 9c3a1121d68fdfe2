/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What lies around the tensors of a draft: one walk forward and one back over the graph when it is
 * made, answers in constant time after. Later decisions are not seen.
 *
 * <p>Looked through are operators not decided on that commute with quantization: copies, MaxPool,
 * nearest Resize, and Concat where all its inputs answer alike. Towards what is before a tensor, or
 * where all readers are asked for, activation functions are too, since they are computed in the
 * epilogue of the operator before them.
 */
final class Neighbours {
  private final PlanDraft draft;
  private final Set<Node> assumed;
  private final Set<Value> producedInInt8 = new HashSet<>();
  private final Set<Value> withQuantizedReader = new HashSet<>();
  private final Set<Value> withOnlyQuantizedReaders = new HashSet<>();

  Neighbours(PlanDraft draft) {
    this(draft, Set.of());
  }

  /**
   * Looks around, taking some nodes to run in INT8 wherever all their inputs come out of INT8
   * operators; undecided ones also lead to INT8 where all readers of their output are INT8.
   */
  Neighbours(PlanDraft draft, Set<Node> assumed) {
    this.draft = draft;
    this.assumed = assumed;
    List<Node> nodes = draft.nodes();
    for (Node node : nodes) {
      if (runsInInt8(node)) {
        producedInInt8.addAll(node.outputs());
      }
    }
    for (int i = nodes.size() - 1; i >= 0; i--) {
      nodes.get(i).outputs().forEach(this::noteReaders);
    }
  }

  /** Tells whether a Concat could be INT8: nothing in it is constant, small or not float. */
  static boolean canJoin(PlanDraft draft, Node node) {
    return node.is("Concat") && draft.decision(node).isEmpty() && draft.hasQuantizableInputs(node);
  }

  /**
   * Returns where the activation function starts that ends in a tensor: what it is computed from.
   */
  static Optional<Value> activationInput(Value value) {
    return value.producer().filter(OperatorClass::isActivation).flatMap(node -> node.input(0));
  }

  /** Tells whether a tensor comes out of an INT8 operator. */
  boolean isProducedInInt8(Value value) {
    return producedInInt8.contains(value);
  }

  /** Tells whether some reader of a tensor wants it quantized. */
  boolean hasQuantizedReader(Value value) {
    return value.uses().stream().anyMatch(this::leadsToInt8);
  }

  /** Tells whether every reader of a tensor wants it quantized, and nothing but nodes reads it. */
  boolean hasOnlyQuantizedReaders(Value value) {
    return !value.isGraphOutput()
        && !value.isCaptured()
        && !value.uses().isEmpty()
        && value.uses().stream().allMatch(this::leadsToInt8Only);
  }

  /** Tells whether an operator has INT8 before it and an INT8 reader after it. */
  boolean isBetweenInt8(Node node) {
    return isProducedInInt8(node.requiredInput(0)) && hasQuantizedReader(node.output());
  }

  private boolean runsInInt8(Node node) {
    if (assumed.contains(node)) {
      return producedInInt8.containsAll(node.inputs());
    }
    if (draft.decision(node).isPresent()) {
      return draft.isQuantized(node);
    }
    Optional<ActivationPattern> activation =
        node.output(0).flatMap(draft.patterns()::activationEndingAt).filter(Neighbours::isEpilogue);
    if (activation.isPresent()) {
      return producedInInt8.contains(activation.get().input());
    }
    if (canJoin(draft, node)) {
      return producedInInt8.containsAll(node.inputs());
    }
    Optional<Value> operand =
        OperatorClass.isCommuting(node) || OperatorClass.isActivation(node)
            ? node.input(0)
            : OperatorClass.operandBesideConstant(node);
    return operand.filter(producedInInt8::contains).isPresent();
  }

  private void noteReaders(Value value) {
    if (hasQuantizedReader(value)) {
      withQuantizedReader.add(value);
    }
    if (hasOnlyQuantizedReaders(value)) {
      withOnlyQuantizedReaders.add(value);
    }
  }

  private boolean leadsToInt8(Use use) {
    return draft.isRequested(use)
        || (commutes(use) && use.node().outputs().stream().anyMatch(withQuantizedReader::contains));
  }

  private boolean leadsToInt8Only(Use use) {
    if (draft.isRequested(use)) {
      return true;
    }
    Node node = use.node();
    Optional<ActivationPattern> activation = activationOf(use);
    if (activation.isPresent()) {
      return withOnlyQuantizedReaders.contains(activation.get().output());
    }
    boolean isActivation = use.inputIndex() == 0 && OperatorClass.isActivation(node);
    boolean isAssumed = assumed.contains(node) && producedInInt8.containsAll(node.inputs());
    return (commutes(use) || isActivation || isAssumed)
        && withOnlyQuantizedReaders.containsAll(node.outputs());
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

  private boolean commutes(Use use) {
    Node node = use.node();
    return (use.inputIndex() == 0
            && OperatorClass.isCommuting(node)
            && draft.decision(node).isEmpty())
        || canJoin(draft, node);
  }
}
