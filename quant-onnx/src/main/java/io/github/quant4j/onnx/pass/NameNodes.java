/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import java.util.HashSet;
import java.util.Set;

/**
 * Gives a name to nodes that have none, and another to nodes whose name is taken by an earlier one.
 * New names are made of the first output and the operator, so they are the same in every run.
 */
public final class NameNodes implements GraphPass {
  /** Creates the pass, which holds no state. */
  public NameNodes() {}

  @Override
  public boolean run(OnnxModel model) {
    Set<String> taken = new HashSet<>();
    model.graph().nodes().forEach(node -> taken.add(node.name()));
    Set<String> seen = new HashSet<>();
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      if (node.name().isEmpty() || !seen.add(node.name())) {
        String name = freeName(node, taken);
        model.graph().rewriter().edit(node).rename(name);
        taken.add(name);
        seen.add(name);
        modified = true;
      }
    }
    return modified;
  }

  private static String freeName(Node node, Set<String> taken) {
    String wish = node.output(0).map(output -> output + "_").orElse("") + node.opType();
    String name = wish;
    for (int suffix = 1; taken.contains(name); suffix++) {
      name = wish + "_" + suffix;
    }
    return name;
  }
}
