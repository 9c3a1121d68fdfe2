/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.UNFOLDED_NORMALIZATION;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.ChannelAffine;
import io.github.quant4j.onnx.pass.NormalizationParameters;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * R35: folds an inference-mode BatchNormalization into the quantized Conv or Gemm before it.
 *
 * <p>With {@code a[k] = gamma[k] / sqrt(variance[k] + epsilon)}, in float64:
 *
 * <pre>
 * scale'[k] = scale[k] * |a[k]|
 * code'     = code where a[k] > 0, -code where a[k] < 0, 0 where a[k] = 0
 * bias'[k]  = (bias[k] - mean[k]) * a[k] + beta[k]          bias = 0 where there is none
 * </pre>
 *
 * so that no weight is rounded anew. The code -128 has no opposite; it becomes 127, which the
 * report counts. One scale for the whole weight becomes one for each channel.
 *
 * <p>Left as it is: an operator whose output has other readers, a ConvTranspose, whose weight is to
 * have one scale (R34), and parameters or a bias that are computed. A pair between the two is left
 * to R11.
 */
final class FoldNormalizationIntoCodes implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    WeightWriter writer = new WeightWriter(context);
    boolean isChanged = false;
    for (Node node : context.graph().nodes()) {
      if (node.is("BatchNormalization")) {
        isChanged |=
            operatorBefore(node).map(operator -> fold(context, writer, operator)).orElse(false);
      }
    }
    return isChanged;
  }

  private static Optional<NormalizedOperator> operatorBefore(Node normalization) {
    return normalization
        .input(0)
        .flatMap(Value::producer)
        .filter(node -> node.is("Conv", "ConvTranspose", "Gemm"))
        .flatMap(
            node ->
                node.input(1)
                    .flatMap(QuantizedWeight::of)
                    .map(weight -> new NormalizedOperator(node, weight, normalization)));
  }

  private static boolean fold(
      RepairContext context, WeightWriter writer, NormalizedOperator operator) {
    Node normalization = operator.normalization();
    Site site = Site.of(normalization, normalization.requiredInput(0));
    Optional<String> obstacle = operator.obstacle();
    if (obstacle.isPresent()) {
      context.kept(UNFOLDED_NORMALIZATION, site, operator.toString(), obstacle.get());
      return false;
    }
    Optional<ChannelAffine> map =
        NormalizationParameters.of(normalization, operator.channelCount());
    Optional<FoldedScales> scales = map.flatMap(known -> FoldedScales.of(operator.scales(), known));
    if (map.isEmpty() || scales.isEmpty()) {
      String reason =
          "kept: it trains, or its parameters are not finite float32 constants of %s elements"
              .formatted(operator.channelCount());
      context.kept(UNFOLDED_NORMALIZATION, site, operator.toString(), reason);
      return false;
    }
    String found = operator.toString();
    int lostCount = foldWeight(context, writer, operator, scales.get());
    foldBias(context, operator, map.get());
    context.rewriter().absorb(normalization, operator.node());
    String done = scales.get().describe();
    String lost = lostCount == 0 ? "" : ", %s codes -128 -> 127".formatted(lostCount);
    context.repaired(UNFOLDED_NORMALIZATION, site, found, done + lost);
    return true;
  }

  /** Returns the number of codes that could not be negated exactly. */
  private static int foldWeight(
      RepairContext context,
      WeightWriter writer,
      NormalizedOperator operator,
      FoldedScales scales) {
    QuantizedWeight weight = operator.weight();
    Value codes = weight.source();
    int lostCount = 0;
    if (scales.changesCodes() || !weight.hasStoredCodes()) {
      int inner = operator.elementsBesideChannel();
      lostCount = scales.countLost(weight.codesOf(weight.source().constant().orElseThrow()), inner);
      String name = context.rewriter().freeName(weight.source() + "_folded");
      UnaryOperator<Tensor> folded = source -> scales.applyTo(weight.codesOf(source), inner);
      codes = context.rewriter().addInitializer(name, weight.source(), ElementType.INT8, folded);
    }
    writer.replace(
        weight,
        operator.weightUses(),
        new WeightCodes(codes, scales.tensor(), operator.channelAxis()));
    return lostCount;
  }

  private static void foldBias(
      RepairContext context, NormalizedOperator operator, ChannelAffine map) {
    Node node = operator.node();
    String wish = node.input(2).orElse(node.output()) + "_folded_bias";
    context.rewriter().fillInput(node, 2, context.addConstant(wish, operator.foldedBias(map)));
  }
}
