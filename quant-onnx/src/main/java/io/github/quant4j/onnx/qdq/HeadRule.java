/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * P19: a head stays float where the profile favours accuracy.
 *
 * <p>A head is a weighted operator whose result leads to outputs of the graph only, through nothing
 * but operators that decode it: that move or select elements, combine them one by one, average or
 * turn them into probabilities. An activation function such as Relu is none of these; a layer
 * before one computes features. A weighted operator behind a Softmax whose own result is so
 * decoded, as the expectation over a distribution of box offsets is, counts as decoding.
 *
 * <p>One pass over the nodes from the last to the first.
 */
final class HeadRule implements PlacementRule {
  private static final Set<String> DECODERS =
      Set.of(
          "Add",
          "ArgMax",
          "ArgMin",
          "AveragePool",
          "Cast",
          "Concat",
          "Div",
          "Exp",
          "Gather",
          "GlobalAveragePool",
          "Greater",
          "HardSigmoid",
          "Log",
          "LogSoftmax",
          "Max",
          "Min",
          "Mul",
          "Neg",
          "NonMaxSuppression",
          "Pow",
          "ReduceL2",
          "ReduceMax",
          "ReduceSum",
          "Resize",
          "Sigmoid",
          "Softmax",
          "Sqrt",
          "Sub",
          "Tanh",
          "TopK",
          "Upsample",
          "Where");

  private final PlanProfile profile;

  HeadRule(PlanProfile profile) {
    this.profile = profile;
  }

  @Override
  public void apply(PlanDraft draft) {
    if (profile != PlanProfile.ACCURACY) {
      return;
    }
    Set<Value> decoded = new HashSet<>();
    List<Node> nodes = draft.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      node.outputs().stream().filter(v -> isDecoded(v, decoded)).forEach(decoded::add);
      if (draft.isWeighted(node) && decoded.contains(node.output())) {
        draft.revoke(node, "P19", "it is a head: nothing but decoding follows it");
      }
    }
  }

  /** Tells whether a value, all of whose readers were looked at, leads to outputs only. */
  private static boolean isDecoded(Value value, Set<Value> decoded) {
    return !value.isCaptured()
        && (value.isGraphOutput() || !value.uses().isEmpty())
        && value.uses().stream().allMatch(use -> decodes(use, decoded));
  }

  private static boolean decodes(Use use, Set<Value> decoded) {
    Node reader = use.node();
    boolean isDecoder =
        OperatorClass.isCopy(reader)
            || (reader.domain().isEmpty() && DECODERS.contains(reader.opType()))
            || isExpectation(use);
    return isDecoder
        && reader.outputs().stream().anyMatch(decoded::contains)
        && reader.outputs().stream().allMatch(value -> decoded.contains(value) || value.isUnused());
  }

  /** Tells whether this is a weighted operator that sums up what a Softmax gives, moved or not. */
  private static boolean isExpectation(Use use) {
    if (!use.node().is("Conv", "Gemm", "MatMul") || use.inputIndex() != 0) {
      return false;
    }
    Value value = use.node().requiredInput(0);
    while (value.producer().filter(OperatorClass::isCopy).isPresent()) {
      value = value.producer().orElseThrow().requiredInput(0);
    }
    return value.producer().filter(node -> node.is("Softmax")).isPresent();
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P19",
            "Conv, ConvTranspose, Gemm or MatMul whose result leads to outputs of the graph only,"
                + " through operators that decode it (Softmax, Sigmoid, Concat, Reshape, ...)",
            "nothing in the profile that favours accuracy; else as any other",
            "what a head computes is the answer: no later layer evens its error out, and it holds a"
                + " small share of the work",
            "ultralytics issues 26171 and 26220"));
  }
}
