/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Target;
import java.util.List;
import java.util.Optional;

/**
 * Makes biases float constants (R09), for TensorRT dequantizes no int32.
 *
 * <ol>
 *   <li>Every DequantizeLinear of int32 constants becomes the floats its codes stand for, whatever
 *       reads it.
 *   <li>So does one of int8 or uint8, and a pair on a float constant, for readers that take it as a
 *       bias; others read on what they have read.
 *   <li>For ONNX Runtime int32 codes stay where they are in units of input scale times weight
 *       scale, as its kernels want them.
 *   <li>Biases added behind the operator are {@link LateBiases}.
 * </ol>
 */
final class ConvertBiases implements RepairPass {
  private static final Defect DEFECT = Defect.QUANTIZED_BIAS;

  @Override
  public boolean run(RepairContext context) {
    boolean modified = false;
    for (Node node : context.graph().nodes()) {
      if (node.is("DequantizeLinear")) {
        Optional<Quantizer> found = Quantizer.of(node);
        if (found.isPresent()) {
          modified |= convert(context, found.get());
        }
      }
    }
    modified |= new LateBiases(context).move();
    return modified;
  }

  private static boolean convert(RepairContext context, Quantizer dequantize) {
    Value output = dequantize.output();
    boolean isInt32 = dequantize.data().isConstant(ElementType.INT32);
    List<Use> biases =
        output.uses().stream().filter(use -> BiasedOperator.ofBias(use).isPresent()).toList();
    boolean concerns = isInt32 ? !output.isUnused() : !biases.isEmpty() && isFoldable(dequantize);
    if (!concerns || isWanted(context, output, biases)) {
      return false;
    }
    Node reader = biases.isEmpty() ? dequantize.node() : biases.get(0).node();
    Site site = Site.of(reader, output);
    String found = described(dequantize);
    Optional<Tensor> values =
        output.isGraphOutput() ? Optional.empty() : DequantizedConstant.of(dequantize);
    if (values.isEmpty()) {
      String reason =
          output.isGraphOutput()
              ? "it is an output of the graph"
              : "scale, zero point and axis do not fit the codes";
      context.refused(DEFECT, site, found, reason);
      return false;
    }
    context.repaired(DEFECT, site, found, remedy(values.get()));
    write(context, dequantize, values.get(), biases);
    return true;
  }

  /** Tells whether a float32 constant stands for it: its codes are constant, or made of one. */
  private static boolean isFoldable(Quantizer dequantize) {
    return dequantize.node().requiredInput(1).isConstant(ElementType.FLOAT)
        && (dequantize.data().isConstant()
            || Quantizer.writing(dequantize.data())
                .filter(quantize -> quantize.data().isConstant())
                .isPresent());
  }

  private static boolean isWanted(RepairContext context, Value output, List<Use> biases) {
    return context.options().target() == Target.ONNXRUNTIME
        && biases.size() == output.uses().size()
        && !output.isGraphOutput()
        && !output.isCaptured()
        && biases.stream()
            .flatMap(use -> BiasedOperator.ofBias(use).stream())
            .allMatch(BiasedOperator::hasIntegerBias);
  }

  private static void write(
      RepairContext context, Quantizer dequantize, Tensor values, List<Use> biases) {
    Value output = dequantize.output();
    GraphRewriter rewriter = context.rewriter();
    boolean isForAll =
        dequantize.data().isConstant(ElementType.INT32)
            || (biases.size() == output.uses().size() && !output.isCaptured());
    if (isForAll) {
      rewriter.replaceByConstant(dequantize.node(), values);
      foldCasts(rewriter, output, values);
    } else {
      Value constant = context.addConstant(output + "_bias", values);
      biases.forEach(use -> rewriter.replaceInput(use, constant));
    }
  }

  /** A bias of a float16 model is cast behind its DequantizeLinear. */
  private static void foldCasts(GraphRewriter rewriter, Value bias, Tensor values) {
    for (Use use : bias.uses()) {
      boolean isToHalf =
          use.node().is("Cast")
              && use.node().integer("to", 0) == ElementType.FLOAT16.onnxCode()
              && !use.node().output().isGraphOutput();
      if (isToHalf) {
        rewriter.replaceByConstant(use.node(), Float16.saturate(values));
      }
    }
  }

  private static String described(Quantizer dequantize) {
    return "%s codes behind DequantizeLinear \"%s\""
        .formatted(dequantize.codeType(), dequantize.node().label());
  }

  private static String remedy(Tensor values) {
    float largest = 0;
    for (float value : ScaleValues.of(values).orElseThrow()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return "float32 constant of shape %s, up to %s in magnitude".formatted(values.shape(), largest);
  }
}
