/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.GraphPass;
import java.util.Collection;
import java.util.TreeSet;

/**
 * Makes tensors outputs of the graph, behind those it has, so that a run shows them. Graph inputs
 * and tensors that are outputs already stay as they are.
 */
public final class ExposeObservationPoints implements GraphPass {
  private final TreeSet<String> tensors;

  private ExposeObservationPoints(Collection<String> tensors) {
    this.tensors = new TreeSet<>(tensors);
  }

  /**
   * Returns the pass that exposes the given tensors.
   *
   * @param tensors names of float tensors of the main graph
   * @return the pass
   */
  public static ExposeObservationPoints of(Collection<String> tensors) {
    return new ExposeObservationPoints(tensors);
  }

  @Override
  public boolean run(OnnxModel model) {
    boolean modified = false;
    for (String name : tensors) {
      Value value =
          model
              .graph()
              .value(name)
              .orElseThrow(
                  () -> new OnnxException("the model has no tensor \"" + name + "\" to observe"));
      if (!value.isGraphInput() && !value.isGraphOutput()) {
        model.graph().rewriter().addOutput(value);
        modified = true;
      }
    }
    return modified;
  }
}
