/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * Removes nodes and initializers that no output of the graph depends on.
 *
 * <p>What a subgraph reads counts as used. Initializers that are listed as graph inputs too are
 * removed from that list with them.
 */
public final class RemoveUnused implements GraphPass {
  /** Creates the pass, which holds no state. */
  public RemoveUnused() {}

  @Override
  public boolean run(OnnxModel model) {
    GraphRewriter rewriter = model.graph().rewriter();
    boolean modified = false;
    List<Node> nodes = model.graph().nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i).outputs().stream().allMatch(Value::isUnused)) {
        rewriter.remove(nodes.get(i));
        modified = true;
      }
    }
    for (Value initializer : model.graph().initializers()) {
      if (initializer.isUnused()) {
        rewriter.removeInitializer(initializer);
        modified = true;
      }
    }
    return modified;
  }
}
