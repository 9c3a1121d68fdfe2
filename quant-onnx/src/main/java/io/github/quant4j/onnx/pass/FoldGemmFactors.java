/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import java.nio.FloatBuffer;

/**
 * Folds {@code alpha} and {@code beta} of a Gemm into its constants (rule P11): {@code Y = alpha *
 * A * B + beta * C} becomes {@code Y = A * B' + C'} with {@code B' = alpha * B}, {@code C' = beta *
 * C}.
 *
 * <ol>
 *   <li>Each factor is folded where it is not 1 and its matrix is a float32 constant.
 *   <li>{@code beta} without C is dropped.
 *   <li>A constant other nodes read too is left for them.
 * </ol>
 *
 * <p>Products are rounded once to float32. Source: ONNX operator Gemm, opset 13.
 */
public final class FoldGemmFactors implements GraphPass {
  /** Creates the pass, which holds no state. */
  public FoldGemmFactors() {}

  @Override
  public boolean run(OnnxModel model) {
    GraphRewriter rewriter = model.graph().rewriter();
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      if (node.is("Gemm")) {
        modified |= fold(rewriter, node, "alpha", 1);
        modified |= fold(rewriter, node, "beta", 2);
      }
    }
    return modified;
  }

  private static boolean fold(GraphRewriter rewriter, Node gemm, String factorName, int input) {
    float factor = gemm.real(factorName, 1);
    if (factor == 1) {
      return false;
    }
    if (gemm.input(input).isPresent()) {
      if (OwnedConstants.floatShape(gemm, input).isEmpty()) {
        return false;
      }
      new OwnedConstants(rewriter).map(new Use(gemm, input), tensor -> scaled(tensor, factor));
    }
    rewriter.edit(gemm).removeAttribute(factorName);
    return true;
  }

  private static Tensor scaled(Tensor tensor, float factor) {
    FloatBuffer values = tensor.floats();
    float[] scaled = new float[values.remaining()];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = values.get(i) * factor;
    }
    return Tensor.ofFloats(tensor.shape(), scaled);
  }
}
