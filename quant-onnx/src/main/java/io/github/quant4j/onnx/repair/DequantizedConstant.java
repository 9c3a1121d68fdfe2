/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.ConstantDequantization;
import java.util.Optional;

/**
 * The floats a DequantizeLinear makes of a constant, see {@link ConstantDequantization}: of codes
 * of int8, uint8 or int32, or of those a QuantizeLinear with the same parameters makes of a float32
 * constant, see {@link ConstantCodes}.
 */
final class DequantizedConstant {
  private DequantizedConstant() {}

  /** Returns the floats, empty where the parameters are computed, not float32, or do not fit. */
  static Optional<Tensor> of(Quantizer dequantize) {
    Optional<Tensor> scale =
        dequantize.scale().filter(tensor -> tensor.elementType() == ElementType.FLOAT);
    if (!dequantize.isConstant() || scale.isEmpty()) {
      return Optional.empty();
    }
    return codes(dequantize)
        .flatMap(
            codes ->
                ConstantDequantization.of(
                    codes, scale.get(), dequantize.zeroPoint(), dequantize.axis()));
  }

  private static Optional<Tensor> codes(Quantizer dequantize) {
    Value data = dequantize.data();
    return data.isConstant()
        ? data.constant().filter(codes -> CodeTypes.isKnown(codes.elementType()))
        : Quantizer.writing(data)
            .filter(quantize -> quantize.hasParametersOf(dequantize))
            .filter(quantize -> CodeTypes.isByte(quantize.codeType()))
            .flatMap(quantize -> quantize.data().constant())
            .flatMap(floats -> ConstantCodes.of(floats, dequantize));
  }
}
