/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.qdq.NodeSelector;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say which nodes may be quantized and which stay float. */
final class NodeChoice {
  @Option(
      names = "--include",
      paramLabel = "NAME-OR-REGEX",
      description =
          "Quantize nothing but the node of this name, or the nodes whose whole name matches, and"
              + " what else is included; repeatable.")
  private List<String> includedNames = new ArrayList<>();

  @Option(
      names = "--include-op",
      paramLabel = "TYPE",
      description =
          "Quantize nothing but the nodes of this operator and what else is included; repeatable.")
  private List<String> includedOperators = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "NAME-OR-REGEX",
      description =
          "Leave the node of this name float, or every node whose whole name matches; repeatable.")
  private List<String> excludedNames = new ArrayList<>();

  @Option(
      names = "--exclude-op",
      paramLabel = "TYPE",
      description = "Leave every node of this operator float, for example Conv; repeatable.")
  private List<String> excludedOperators = new ArrayList<>();

  /** Returns the nodes that may be quantized; no criterion means no limit. */
  NodeSelector included() {
    return selector(includedNames, includedOperators);
  }

  /** Returns the nodes to leave float, included or not. */
  NodeSelector excluded() {
    return selector(excludedNames, excludedOperators);
  }

  private static NodeSelector selector(List<String> names, List<String> operators) {
    NodeSelector selector = NodeSelector.none();
    for (String name : names) {
      selector = selector.withName(name);
    }
    for (String operator : operators) {
      selector = selector.withOperator(operator);
    }
    return selector;
  }
}
