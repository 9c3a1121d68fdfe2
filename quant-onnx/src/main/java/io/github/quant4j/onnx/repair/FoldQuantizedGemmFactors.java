/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Folds {@code alpha} and {@code beta} of a Gemm with quantized weight into its constants (R19),
 * since TensorRT multiplies by them in kernels of their own.
 *
 * <ul>
 *   <li>{@code scale' = |alpha| * scale} of the weight, rounded once; a negative alpha turns the
 *       signs of the codes, see {@link ChannelCodes#negate}.
 *   <li>{@code C' = beta * C}, rounded once; beta without C is dropped.
 * </ul>
 *
 * <p>Other readers of weight or C keep what they read. An alpha of 0, factors that are not finite,
 * and a C that is computed are refused.
 */
final class FoldQuantizedGemmFactors implements RepairPass {
  private static final Defect DEFECT = Defect.GEMM_FACTORS;
  private static final String ALPHA = "alpha";
  private static final String BETA = "beta";

  @Override
  public boolean run(RepairContext context) {
    boolean modified = false;
    List<Node> gemms =
        context.graph().nodes().stream()
            .filter(node -> node.is("Gemm") && weight(node).isPresent())
            .filter(node -> node.real(ALPHA, 1) != 1 || node.real(BETA, 1) != 1)
            .toList();
    if (gemms.isEmpty()) {
      return false;
    }
    RepairContext.NodeNames names = context.nodeNames();
    for (Node gemm : gemms) {
      modified |= gemm.real(ALPHA, 1) != 1 && foldAlpha(context, gemm, names);
      modified |= gemm.real(BETA, 1) != 1 && foldBeta(context, gemm);
    }
    return modified;
  }

  private static Optional<Quantizer> weight(Node gemm) {
    return gemm.input(1).flatMap(Quantizer::behind);
  }

  private static boolean foldAlpha(
      RepairContext context, Node gemm, RepairContext.NodeNames names) {
    Quantizer weight = weight(gemm).orElseThrow();
    float alpha = gemm.real(ALPHA, 1);
    Site site = Site.of(gemm, weight.output());
    String found = "alpha " + alpha;
    Optional<ChannelCodes> codes = ChannelCodes.of(new QuantizerFamily(List.of(weight)));
    if (codes.isEmpty() || !multiply(codes.get(), alpha)) {
      String reason =
          codes.isEmpty()
              ? "the codes of its weight are computed, or do not fit their parameters"
              : "it leaves no weight scale that is finite and above 0";
      context.refused(DEFECT, site, found, reason);
      return false;
    }
    context.repaired(DEFECT, site, found, "alpha 1, part of the scale and signs of the weight");
    codes.get().writeTo(ownWeight(context, gemm, names), context);
    context.rewriter().edit(gemm).removeAttribute(ALPHA);
    return true;
  }

  private static boolean multiply(ChannelCodes codes, float alpha) {
    for (int channel = 0; channel < codes.channelCount(); channel++) {
      boolean isDone = alpha > 0 || codes.negate(channel);
      float scale = (float) ((double) codes.scale(channel) * Math.abs(alpha));
      if (!isDone || !(scale > 0) || !Float.isFinite(scale)) {
        return false;
      }
      codes.setScale(channel, scale);
    }
    return true;
  }

  /** Returns the DequantizeLinear of the weight, a copy where others read it too. */
  private static Node ownWeight(RepairContext context, Node gemm, RepairContext.NodeNames names) {
    Node shared = weight(gemm).orElseThrow().node();
    if (shared.output().hasSingleReader()) {
      return shared;
    }
    NodeBlueprint copy =
        NodeBlueprint.of(
            "DequantizeLinear",
            names.free(shared.name() + "_" + gemm.name()),
            new ArrayList<>(shared.inputs()),
            context.rewriter().freeName(shared.output() + "_scaled"));
    Node own =
        context
            .rewriter()
            .insertBefore(
                gemm,
                shared.hasAttribute("axis")
                    ? copy.withInteger("axis", shared.integer("axis", 1))
                    : copy);
    context.rewriter().replaceInput(new Use(gemm, 1), own.output());
    return own;
  }

  private static boolean foldBeta(RepairContext context, Node gemm) {
    float beta = gemm.real(BETA, 1);
    Optional<Value> addend = gemm.input(BiasedOperator.BIAS);
    Site site = Site.of(gemm, addend.orElse(gemm.output()));
    String found = "beta " + beta;
    Optional<Tensor> constant =
        addend
            .flatMap(Value::constant)
            .filter(tensor -> tensor.elementType() == ElementType.FLOAT)
            .map(tensor -> multiplied(tensor, beta));
    if (addend.isPresent() && (constant.isEmpty() || !Float.isFinite(beta))) {
      context.refused(DEFECT, site, found, "what it multiplies is no float32 constant");
      return false;
    }
    String done = addend.isPresent() ? "beta 1, part of the bias" : "beta 1, for there is no bias";
    context.repaired(DEFECT, site, found, done);
    constant.ifPresent(
        product ->
            context
                .rewriter()
                .fillInput(
                    gemm,
                    BiasedOperator.BIAS,
                    context.addConstant(addend.orElseThrow() + "_scaled", product)));
    context.rewriter().edit(gemm).removeAttribute(BETA);
    return true;
  }

  private static Tensor multiplied(Tensor tensor, float factor) {
    FloatBuffer values = tensor.floats();
    float[] products = new float[values.remaining()];
    for (int i = 0; i < products.length; i++) {
      products[i] = values.get(i) * factor;
    }
    return Tensor.ofFloats(tensor.shape(), products);
  }
}
