/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * Removes Dropout nodes that do nothing at inference, so that they stand between no two operators.
 *
 * <ol>
 *   <li>Removed: a Dropout whose {@code training_mode} is left out or a constant false, and whose
 *       mask nothing reads. The ratio does not matter then.
 *   <li>Kept: a Dropout in training mode or of computed mode, or whose mask is read; before opset 7
 *       one without {@code is_test}.
 *   <li>A Dropout that writes an output of the graph goes where the operator before it can write
 *       that output instead.
 * </ol>
 *
 * <p>Exact. Source: ONNX operator Dropout, opsets 1, 7, 10, 12 and 13.
 */
public final class RemoveDropout implements GraphPass {
  private static final long FIRST_INFERENCE_OPSET = 7;

  /** Creates the pass, which holds no state. */
  public RemoveDropout() {}

  @Override
  public boolean run(OnnxModel model) {
    GraphRewriter rewriter = model.graph().rewriter();
    Bypass bypass = new Bypass(rewriter);
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      if (node.is("Dropout") && isInference(node, model.opset())) {
        modified |= bypass.apply(node, node.requiredInput(0));
      }
    }
    return modified;
  }

  private static boolean isInference(Node dropout, long opset) {
    boolean isTest = opset >= FIRST_INFERENCE_OPSET || dropout.integer("is_test", 0) != 0;
    return isTest
        && dropout.output(0).isPresent()
        && isAbsentOrFalse(dropout.input(2))
        && dropout.output(1).map(Value::isUnused).orElse(true);
  }

  private static boolean isAbsentOrFalse(Optional<Value> mode) {
    return mode.isEmpty()
        || mode.flatMap(Value::constant).filter(RemoveDropout::isFalse).isPresent();
  }

  private static boolean isFalse(Tensor mode) {
    return mode.elementType() == ElementType.BOOL
        && mode.shape().elementCount() == 1
        && mode.bytes().get(0) == 0;
  }
}
