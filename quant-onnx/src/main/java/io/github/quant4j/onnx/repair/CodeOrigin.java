/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.Optional;

/**
 * Tells whether the numbers of a tensor come out of a DequantizeLinear, perhaps through operators
 * that round none of them anew: those that move or select elements, a Pad of zeros and Relu.
 */
final class CodeOrigin {
  private CodeOrigin() {}

  /** Tells whether a computed tensor holds numbers that int8 codes stand for. */
  static boolean isQuantized(Value value) {
    Optional<Node> producer = value.producer();
    while (producer.isPresent() && keepsCodes(producer.get())) {
      producer = producer.get().input(0).flatMap(Value::producer);
    }
    return producer
        .filter(node -> node.is("DequantizeLinear"))
        .filter(node -> node.input(0).filter(data -> !data.isConstant()).isPresent())
        .isPresent();
  }

  /** Tells whether an operator commutes with rounding to codes with zero point 0. */
  static boolean keepsCodes(Node node) {
    return OperatorClass.isCommuting(node) || OperatorClass.isZeroPad(node) || node.is("Relu");
  }
}
