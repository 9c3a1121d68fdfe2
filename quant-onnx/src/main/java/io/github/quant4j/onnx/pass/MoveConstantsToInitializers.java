/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import java.util.Optional;

/**
 * Turns Constant nodes into initializers of the same name.
 *
 * <ol>
 *   <li>{@code value}, {@code value_int(s)} and {@code value_float(s)} are moved.
 *   <li>Sparse and text constants stay nodes.
 *   <li>A constant that is an output of the graph stays a node, so that the output has a producer.
 * </ol>
 */
public final class MoveConstantsToInitializers implements GraphPass {
  /** Creates the pass, which holds no state. */
  public MoveConstantsToInitializers() {}

  @Override
  public boolean run(OnnxModel model) {
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      if (!node.is("Constant") || node.output().isGraphOutput()) {
        continue;
      }
      Optional<Tensor> tensor = node.constantTensor();
      if (tensor.isPresent()) {
        model.graph().rewriter().replaceByConstant(node, tensor.get());
        modified = true;
      }
    }
    return modified;
  }
}
