/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.quantize.BiasQuantizer;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Writes biases as the int32 codes that integer kernels of ONNX Runtime add, where that is the
 * target; without them it computes such an operator in float.
 *
 * <p>A bias of one number per output channel becomes codes behind a DequantizeLinear of scale
 * {@code s_x * s_w[c]}, see {@link BiasQuantizer}. One that would need a larger weight scale lest
 * its codes overflow stays float.
 */
final class WriteBiases implements RepairPass {
  private static final Defect DEFECT = Defect.QUANTIZED_BIAS;

  @Override
  public boolean run(RepairContext context) {
    if (context.options().target() != Target.ONNXRUNTIME) {
      return false;
    }
    RepairContext.NodeNames names = context.nodeNames();
    boolean modified = false;
    for (Node node : context.graph().nodes()) {
      Optional<BiasedOperator> operator = BiasedOperator.of(node);
      if (operator.isPresent() && !operator.get().hasIntegerBias()) {
        modified |= write(context, operator.get(), names);
      }
    }
    return modified;
  }

  private static boolean write(
      RepairContext context, BiasedOperator operator, RepairContext.NodeNames names) {
    Optional<float[]> bias = bias(operator);
    Optional<BiasQuantizer> quantizer = operator.biasQuantizer();
    if (bias.isEmpty() || quantizer.isEmpty()) {
      return false;
    }
    Value value = operator.node().requiredInput(BiasedOperator.BIAS);
    Site site = Site.of(operator.node(), value);
    String found = "float bias of %s values".formatted(bias.get().length);
    if (!isInRange(operator, bias.get())) {
      context.kept(
          DEFECT, site, found, "its codes would overflow, for the weight scale is too small");
      return false;
    }
    context.repaired(DEFECT, site, found, "int32 codes in units of input scale times weight scale");
    insert(context, operator.node(), codes(quantizer.get(), bias.get()), names);
    return true;
  }

  /** Returns the bias of one number per channel, a constant or behind a DequantizeLinear. */
  private static Optional<float[]> bias(BiasedOperator operator) {
    Node node = operator.node();
    OptionalInt outputs = operator.outputCount();
    boolean isPlain = node.real("alpha", 1) == 1 && node.real("beta", 1) == 1;
    if (!isPlain || outputs.isEmpty() || node.input(BiasedOperator.BIAS).isEmpty()) {
      return Optional.empty();
    }
    Value bias = node.requiredInput(BiasedOperator.BIAS);
    return bias.constant()
        .or(() -> dequantized(bias))
        .filter(tensor -> tensor.elementType() == ElementType.FLOAT)
        .filter(tensor -> tensor.shape().equals(Shape.of(outputs.getAsInt())))
        .flatMap(ScaleValues::of);
  }

  private static Optional<Tensor> dequantized(Value bias) {
    return Quantizer.behind(bias)
        .filter(found -> found.data().isConstant(ElementType.INT32))
        .flatMap(DequantizedConstant::of);
  }

  private static boolean isInRange(BiasedOperator operator, float[] bias) {
    float[] scales = operator.weightScales().orElseThrow();
    try {
      return Arrays.equals(
          scales, BiasQuantizer.weightScalesFor(bias, operator.inputScale().orElseThrow(), scales));
    } catch (IllegalArgumentException e) {
      return false; // a bias that is not finite
    }
  }

  private static Codes codes(BiasQuantizer quantizer, float[] bias) {
    int[] codes = quantizer.quantize(bias);
    float[] scales = quantizer.scales();
    boolean isPerChannel = scales.length == codes.length;
    return new Codes(
        Tensor.ofInts(Shape.of(codes.length), codes),
        Tensor.ofFloats(isPerChannel ? Shape.of(scales.length) : Shape.of(), scales));
  }

  private static void insert(
      RepairContext context, Node node, Codes codes, RepairContext.NodeNames names) {
    Value bias = node.requiredInput(BiasedOperator.BIAS);
    GraphRewriter rewriter = context.rewriter();
    NodeBlueprint blueprint =
        NodeBlueprint.of(
            "DequantizeLinear",
            names.free(bias + "_DequantizeLinear"),
            List.of(
                context.addConstant(bias + "_quantized", codes.codes),
                context.addConstant(bias + "_scale", codes.scales)),
            rewriter.freeName(bias + "_dequantized"));
    boolean isPerChannel = codes.scales.shape().rank() == 1;
    Node dequantize =
        rewriter.insertBefore(node, isPerChannel ? blueprint.withInteger("axis", 0) : blueprint);
    rewriter.replaceInput(new Use(node, BiasedOperator.BIAS), dequantize.output());
    removeUnused(rewriter, bias);
  }

  /** Removes what nothing reads any more: the float constant, or the DequantizeLinear before. */
  private static void removeUnused(GraphRewriter rewriter, Value bias) {
    if (!bias.isUnused()) {
      return;
    }
    if (bias.isConstant()) {
      rewriter.removeInitializer(bias);
      return;
    }
    Node replaced = bias.producer().orElseThrow();
    List<Value> inputs = replaced.inputs();
    rewriter.remove(replaced);
    for (Value input : inputs) {
      if (input.isConstant() && input.isUnused()) {
        rewriter.removeInitializer(input);
      }
    }
  }

  /** Codes with their scales. */
  private record Codes(Tensor codes, Tensor scales) {}
}
