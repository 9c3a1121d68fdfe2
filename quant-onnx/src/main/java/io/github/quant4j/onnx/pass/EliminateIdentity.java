/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;

/**
 * Removes Identity nodes, so that weights behind them are seen for what they are.
 *
 * <ol>
 *   <li>Readers of the copy read the original; the node goes.
 *   <li>A copy that is an output of the graph, or that a subgraph reads by its name, keeps its
 *       node.
 * </ol>
 */
public final class EliminateIdentity implements GraphPass {
  /** Creates the pass, which holds no state. */
  public EliminateIdentity() {}

  @Override
  public boolean run(OnnxModel model) {
    GraphRewriter rewriter = model.graph().rewriter();
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      if (!node.is("Identity") || node.input(0).isEmpty()) {
        continue;
      }
      Value copy = node.output();
      modified |= !copy.uses().isEmpty();
      rewriter.replaceUses(copy, node.input(0).orElseThrow());
      if (!copy.isGraphOutput() && !copy.isCaptured()) {
        rewriter.remove(node);
        modified = true;
      }
    }
    return modified;
  }
}
