/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.NodeSelector;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that leave nodes float. */
final class Exclusions {
  @Option(
      names = "--exclude",
      paramLabel = "NAME-OR-REGEX",
      description =
          "Leave the node of this name float, or every node whose whole name matches; repeatable.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--exclude-op",
      paramLabel = "TYPE",
      description = "Leave every node of this operator float, for example Conv; repeatable.")
  private List<String> operators = new ArrayList<>();

  NodeSelector selector() {
    NodeSelector selector = NodeSelector.none();
    for (String name : names) {
      selector = selector.withName(name);
    }
    for (String operator : operators) {
      selector = selector.withOperator(operator);
    }
    return selector;
  }

  /** Returns a note for every option that selects nothing in a model, which may be a slip. */
  List<String> notes(OnnxModel model) {
    if (names.isEmpty() && operators.isEmpty()) {
      return List.of();
    }
    OnnxModel normalised = model.copy();
    PassPipeline.normalization().run(normalised);
    List<Node> nodes = normalised.graph().nodes();
    List<String> notes = new ArrayList<>();
    for (String name : names) {
      addUnlessUsed(notes, nodes, NodeSelector.none().withName(name), "--exclude", name);
    }
    for (String operator : operators) {
      NodeSelector selector = NodeSelector.none().withOperator(operator);
      addUnlessUsed(notes, nodes, selector, "--exclude-op", operator);
    }
    return notes;
  }

  private static void addUnlessUsed(
      List<String> notes, List<Node> nodes, NodeSelector selector, String option, String value) {
    if (nodes.stream().noneMatch(selector::selects)) {
      notes.add(option + " \"" + value + "\" matches no node");
    }
  }
}
