/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.LocalFunctions;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.EliminateIdentity;
import io.github.quant4j.onnx.pass.FoldConstants;
import io.github.quant4j.onnx.pass.InlineFunctions;
import io.github.quant4j.onnx.pass.MoveConstantsToInitializers;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes initializers of what is known before the model runs (R01): scales, zero points, codes of
 * weights, and biases that Constant nodes hold, that stand behind Identity, Cast, Reshape or
 * Transpose, or that are computed from constants, such as a bias {@code Cast(Div(bias, scale))}.
 *
 * <p>Functions of the model are inlined first, since a call may stand for a pair, and an old opset
 * is lifted last, see {@link LiftOldOpset}. A float weight behind QuantizeLinear and
 * DequantizeLinear stays as it is. Reported are all Constant nodes as one note, each parameter,
 * weight and bias that was computed, and whatever else was resolved as one note. Source: {@link
 * FoldConstants} lists what is computed.
 */
final class ResolveConstants implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    boolean modified = inline(context);
    modified |= moveConstants(context);
    modified |= resolve(context);
    modified |= new LiftOldOpset().run(context);
    return modified;
  }

  private static boolean inline(RepairContext context) {
    OnnxModel model = context.model();
    LocalFunctions functions = model.functions();
    Optional<Node> call =
        model.graph().nodes().stream()
            .filter(node -> functions.calledBy(node).isPresent() && node.output(0).isPresent())
            .findFirst();
    boolean modified = new InlineFunctions().run(model);
    if (modified && call.isPresent()) {
      context.repaired(
          Defect.HIDDEN_CONSTANT,
          site(call.get()),
          "operators are hidden in functions that the model defines",
          "calls -> the operators of the functions");
    }
    return modified;
  }

  private static boolean moveConstants(RepairContext context) {
    List<Node> constants =
        context.graph().nodes().stream().filter(node -> node.is("Constant")).toList();
    if (!new MoveConstantsToInitializers().run(context.model())) {
      return false;
    }
    List<Node> moved = constants.stream().filter(node -> node.output().isConstant()).toList();
    context.repaired(
        Defect.HIDDEN_CONSTANT,
        site(moved.get(0)),
        "Constant nodes hold %s tensors".formatted(moved.size()),
        "nodes -> initializers of the same names");
    return true;
  }

  private static boolean resolve(RepairContext context) {
    OnnxModel model = context.model();
    List<Node> before = model.graph().nodes();
    List<ComputedParameter> parameters = ComputedParameter.of(model.graph());
    boolean modified = new EliminateIdentity().run(model);
    modified |= new FoldConstants().run(model);
    if (modified) {
      Set<Node> explained = new HashSet<>(model.graph().nodes());
      for (ComputedParameter parameter : parameters) {
        if (parameter.isResolved()) {
          parameter.report(context);
          explained.addAll(parameter.origin());
        }
      }
      reportOthers(context, before.stream().filter(node -> !explained.contains(node)).toList());
    }
    return modified;
  }

  private static void reportOthers(RepairContext context, List<Node> others) {
    if (!others.isEmpty()) {
      context.repaired(
          Defect.HIDDEN_CONSTANT,
          site(others.get(0)),
          "%s nodes hand on a tensor as it is, or compute with constants only"
              .formatted(others.size()),
          "nodes -> what they copy or compute");
    }
  }

  private static Site site(Node node) {
    return Site.of(node, node.output());
  }
}
