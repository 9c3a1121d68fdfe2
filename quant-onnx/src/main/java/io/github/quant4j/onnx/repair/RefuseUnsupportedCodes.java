/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * Refuses codes of types without INT8 kernels (R29): 2, 4 and 16 bits and all floats.
 *
 * <p>An activation is named once, at its QuantizeLinear, or at the DequantizeLinear where the codes
 * come from elsewhere; so is a weight. Changes nothing.
 */
final class RefuseUnsupportedCodes implements RepairPass {
  private static final String ADVICE = "TensorRT has INT8 kernels for int8 alone; ";

  @Override
  public boolean run(RepairContext context) {
    for (Node node : context.graph().nodes()) {
      Quantizer.of(node)
          .filter(quantizer -> !isReader(quantizer))
          .ifPresent(quantizer -> examine(quantizer, context));
    }
    return false;
  }

  /** Tells whether a QuantizeLinear, which is named instead, writes the codes this reads. */
  private static boolean isReader(Quantizer quantizer) {
    return !quantizer.isQuantize()
        && quantizer.data().producer().filter(node -> node.is("QuantizeLinear")).isPresent();
  }

  private static void examine(Quantizer quantizer, RepairContext context) {
    Optional<ElementType> type =
        quantizer.dataCodeType().filter(RefuseUnsupportedCodes::isUnsupported);
    if (type.isEmpty()) {
      return;
    }
    Value data = quantizer.data();
    context.refused(
        Defect.UNSUPPORTED_CODES,
        Site.of(quantizer.node(), data),
        "the codes of %s are %s"
            .formatted(data.isConstant() ? "a weight" : "an activation", type.get()),
        data.isConstant()
            ? ADVICE + "a format for weights only is no INT8: quantize the float model to int8"
            : ADVICE + "quantize the float model to int8");
  }

  /** Tells whether codes of a type are neither int8 nor can become int8. */
  static boolean isUnsupported(ElementType type) {
    return !CodeTypes.isKnown(type);
  }
}
