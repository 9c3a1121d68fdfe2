/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.lint;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.LocalFunctions;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Remedy;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import io.github.quant4j.onnx.repair.Site;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Operators outside the standard domain (L01, L05), bodies of If, Loop and Scan included. Calls of
 * functions the model defines are none, nor are those that the repair has spoken of, for it
 * replaces them.
 */
final class ForeignOperators {
  private static final Set<String> OF_OTHER_RUNTIMES =
      Set.of(
          "ai.onnx.ml",
          "ai.onnx.preview.training",
          "ai.onnx.training",
          "com.microsoft",
          "com.microsoft.experimental",
          "com.microsoft.nchwc",
          "com.ms.internal.nhwc");

  private final LocalFunctions functions;
  private final Set<String> known = new HashSet<>();
  private final List<Finding> findings = new ArrayList<>();

  private ForeignOperators(LocalFunctions functions) {
    this.functions = functions;
  }

  static List<Finding> find(OnnxModel model, List<Finding> ofRepair) {
    ForeignOperators foreign = new ForeignOperators(model.functions());
    ofRepair.forEach(finding -> foreign.known.add(finding.site().node()));
    foreign.visit(model.graph());
    return foreign.findings;
  }

  private void visit(Graph graph) {
    for (Node node : graph.nodes()) {
      boolean isForeign = !node.domain().isEmpty() && functions.calledBy(node).isEmpty();
      if (isForeign && !known.contains(node.label())) {
        findings.add(finding(node));
      }
      graph.bodies(node).forEach(this::visit);
    }
  }

  private static Finding finding(Node node) {
    String found = "%s of domain \"%s\"".formatted(node.opType(), node.domain());
    return OF_OTHER_RUNTIMES.contains(node.domain())
        ? new Finding(
            Defect.FOREIGN_OPERATOR,
            Site.of(node),
            found,
            new Remedy(
                Outcome.REFUSED,
                "save the model before a runtime optimizes it, or export it without this operator"))
        : new Finding(
            Defect.CUSTOM_OPERATOR,
            Site.of(node),
            found,
            new Remedy(Outcome.KEPT, "register a TensorRT plugin named " + node.opType()));
  }
}
