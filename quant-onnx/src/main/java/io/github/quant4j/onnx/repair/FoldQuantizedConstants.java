/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.UNUSED_NODE;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * R36, for constants: makes float constants of those that are no weights but are read through
 * codes, such as an operand of an Add, a bias, or the parameters of a normalization. They hold what
 * the codes stand for, so nothing is computed differently. Weights, tables and what Concat joins
 * stay codes. Normalizations come with int32 codes too, as ONNX Runtime writes them.
 */
final class FoldQuantizedConstants implements RepairPass {
  private static final Set<String> ARITHMETIC =
      Set.of("Add", "Div", "Max", "Min", "Mul", "PRelu", "Pow", "Sub", "Where");
  private static final Set<String> NORMALIZATIONS =
      Set.of("BatchNormalization", "InstanceNormalization", "LayerNormalization");

  @Override
  public boolean run(RepairContext context) {
    boolean isChanged = false;
    for (Node node : context.graph().nodes()) {
      if (node.is("DequantizeLinear")) {
        isChanged |=
            Quantizer.of(node)
                .filter(FoldQuantizedConstants::isReadable)
                .map(dequantize -> fold(context, dequantize))
                .orElse(false);
      }
    }
    return isChanged;
  }

  /** Tells whether a constant is read as numbers; codes of int32 beside a weight are R09's. */
  private static boolean takesFloats(Use use, ElementType codes) {
    Node node = use.node();
    if (!node.domain().isEmpty()) {
      return false;
    }
    boolean isParameter = use.inputIndex() > 0 && NORMALIZATIONS.contains(node.opType());
    boolean isBias = use.inputIndex() == 2 && node.is("Conv", "ConvTranspose", "Gemm");
    return isParameter
        || (codes != ElementType.INT32 && (isBias || ARITHMETIC.contains(node.opType())));
  }

  private static boolean isReadable(Quantizer dequantize) {
    return dequantize.isConstant()
        && CodeTypes.isKnown(dequantize.codeType())
        && dequantize.scale().filter(ScaleValues::areUsable).isPresent();
  }

  private static boolean fold(RepairContext context, Quantizer dequantize) {
    Node node = dequantize.node();
    Value output = node.output();
    ElementType codes = dequantize.codeType();
    List<Use> readers = output.uses().stream().filter(use -> takesFloats(use, codes)).toList();
    Optional<Tensor> floats =
        readers.isEmpty() ? Optional.empty() : DequantizedConstant.of(dequantize);
    if (floats.isEmpty()) {
      return false;
    }
    context.repaired(
        UNUSED_NODE,
        Site.of(node, output),
        "%s reads a constant, which is no weight, through %s codes"
            .formatted(readers.get(0).node().opType(), codes),
        "float32 constant of the rounded numbers");
    GraphRewriter rewriter = context.rewriter();
    Value data = node.requiredInput(0);
    if (output.uses().size() == readers.size() && !output.isGraphOutput() && !output.isCaptured()) {
      rewriter.replaceByConstant(node, floats.get());
      data.producer().filter(quantize -> data.isUnused()).ifPresent(rewriter::remove);
    } else {
      Value added = context.addConstant(output + "_float", floats.get());
      readers.forEach(use -> rewriter.replaceInput(use, added));
    }
    return true;
  }
}
