/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a draft that come out of INT8 operators, found by visiting its nodes in order. A
 * rule whose own decisions count for the nodes behind visits each node once it has decided on it.
 *
 * <p>Looked through is what {@link Neighbours} says.
 */
final class Int8Producers {
  private final PlanDraft draft;
  private final Set<Node> assumed;
  private final Set<Value> written = new HashSet<>();

  Int8Producers(PlanDraft draft) {
    this(draft, Set.of());
  }

  /** Takes some undecided nodes to run in INT8 wherever all their inputs come out of such nodes. */
  Int8Producers(PlanDraft draft, Set<Node> assumed) {
    this.draft = draft;
    this.assumed = assumed;
  }

  /** Takes notice of a node, as it is decided on now; all nodes before it have been visited. */
  void visit(Node node) {
    if (runsInInt8(node)) {
      written.addAll(node.outputs());
    }
  }

  /** Tells whether a node visited so far writes a tensor and runs in INT8. */
  boolean wrote(Value value) {
    return written.contains(value);
  }

  boolean wroteAll(Collection<Value> values) {
    return written.containsAll(values);
  }

  private boolean runsInInt8(Node node) {
    if (draft.decision(node).isPresent()) {
      return draft.isQuantized(node);
    }
    Optional<ActivationPattern> activation =
        node.output(0)
            .flatMap(draft.patterns()::activationEndingAt)
            .filter(Int8Producers::isEpilogue);
    if (activation.isPresent()) {
      return wrote(activation.get().input());
    }
    if (assumed.contains(node) || Neighbours.canJoin(draft, node)) {
      return wroteAll(node.inputs());
    }
    Optional<Value> operand =
        OperatorClass.isCommuting(node) || OperatorClass.isActivation(node)
            ? node.input(0)
            : OperatorClass.operandBesideConstant(node);
    return operand.filter(this::wrote).isPresent();
  }

  /** GELU is left out: TensorRT fuses it only where precision is the same on both sides. */
  static boolean isEpilogue(ActivationPattern activation) {
    return activation.function() != Function.GELU;
  }
}
