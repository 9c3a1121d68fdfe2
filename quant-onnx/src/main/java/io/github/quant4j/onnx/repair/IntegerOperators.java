/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import java.util.Set;

/** Operators that compute on codes, and those of other domains that make or read codes. */
final class IntegerOperators {
  private static final String MICROSOFT = "com.microsoft";
  private static final Set<String> STANDARD =
      Set.of(
          "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear");
  private static final Set<String> QUANTIZERS = Set.of("QuantizeLinear", "DequantizeLinear");
  private static final Set<String> OF_MICROSOFT =
      Set.of(
          "QGemm",
          "MatMulInteger16",
          "MatMulIntegerToFloat",
          "MulInteger",
          "ReduceSumInteger",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "NhwcMaxPool",
          "QAttention",
          "QEmbedLayerNormalization",
          "QMoE",
          "MatMulBnb4",
          "MatMulFpQ4",
          "MatMulNBits",
          "GatherBlockQuantized");

  private IntegerOperators() {}

  static boolean contains(Node node) {
    return (node.domain().isEmpty() && STANDARD.contains(node.opType()))
        || isForeignQuantizer(node)
        || (node.domain().equals(MICROSOFT)
            && (OF_MICROSOFT.contains(node.opType())
                || node.opType().startsWith("QLinear")
                || node.opType().startsWith("QOrdered")));
  }

  /** Tells whether this is the QuantizeLinear or DequantizeLinear of ONNX Runtime. */
  static boolean isForeignQuantizer(Node node) {
    return node.domain().equals(MICROSOFT) && QUANTIZERS.contains(node.opType());
  }
}
