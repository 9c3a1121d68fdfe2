/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * Codes that a DequantizeLinear reads and no QuantizeLinear writes: inputs of a model that is fed
 * with codes, and results of other operators. Their type belongs to whoever makes them, so it
 * cannot be changed here.
 */
final class OutsideCodes {
  private OutsideCodes() {}

  /** Refuses those with a defect: uint8 from 0, uint8 from elsewhere, or int8 not from 0. */
  static void refuse(RepairContext context, Defect defect) {
    for (Node node : context.graph().nodes()) {
      if (node.is("DequantizeLinear")) {
        Quantizer.of(node)
            .filter(OutsideCodes::isOutside)
            .filter(codes -> defect(codes).filter(found -> found == defect).isPresent())
            .ifPresent(codes -> refuse(context, defect, codes));
      }
    }
  }

  private static boolean isOutside(Quantizer dequantize) {
    Value codes = dequantize.data();
    return !codes.isConstant() && Quantizer.writing(codes).isEmpty();
  }

  private static Optional<Defect> defect(Quantizer dequantize) {
    Optional<Integer> zeroPoint = dequantize.singleZeroPoint();
    if (zeroPoint.isEmpty()) {
      return Optional.empty();
    }
    boolean isZero = zeroPoint.get() == 0;
    if (dequantize.codeType() == ElementType.UINT8) {
      return Optional.of(isZero ? Defect.UNSIGNED_CODES : Defect.ASYMMETRIC_UNSIGNED_CODES);
    }
    return dequantize.codeType() == ElementType.INT8 && !isZero
        ? Optional.of(Defect.ASYMMETRIC_SIGNED_CODES)
        : Optional.empty();
  }

  private static void refuse(RepairContext context, Defect defect, Quantizer dequantize) {
    Value codes = dequantize.data();
    context.refused(
        defect,
        Site.of(dequantize.node(), codes),
        "zero point %s %s".formatted(dequantize.codeType(), dequantize.singleZeroPoint().orElse(0)),
        codes
            .producer()
            .map(
                node ->
                    "node \"%s\" makes the codes, not a QuantizeLinear; let it compute on floats"
                        .formatted(node.label()))
            .orElse(
                "the codes are an input of the model, which would change; let the model take"
                    + " floats"));
  }
}
