/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * A DynamicQuantizeLinear, which makes uint8 codes of a tensor with a scale and a zero point from
 * the range the tensor has at that moment.
 *
 * @param node the node, with three outputs
 */
record DynamicQuantization(Node node) {
  private static final int SCALE = 1;
  private static final int ZERO_POINT = 2;

  static Optional<DynamicQuantization> of(Node node) {
    boolean isWhole =
        node.is("DynamicQuantizeLinear")
            && node.input(0).isPresent()
            && node.output(0).isPresent()
            && node.output(SCALE).isPresent()
            && node.output(ZERO_POINT).isPresent();
    return isWhole ? Optional.of(new DynamicQuantization(node)) : Optional.empty();
  }

  /** Returns the quantization that makes the given codes, empty for all else. */
  static Optional<DynamicQuantization> behind(Value codes) {
    return codes
        .producer()
        .flatMap(DynamicQuantization::of)
        .filter(found -> found.codes() == codes);
  }

  /** Tells whether a node computes scales while the model runs, or reads codes of such a scale. */
  static boolean concerns(Node node) {
    return node.is("DynamicQuantizeLinear")
        || isFused(node)
        || node.inputs().stream().anyMatch(value -> behind(value).isPresent());
  }

  /** Tells whether this is a MatMul of ONNX Runtime that quantizes its input itself. */
  static boolean isFused(Node node) {
    return node.domain().equals("com.microsoft") && node.opType().equals("DynamicQuantizeMatMul");
  }

  Value tensor() {
    return node.requiredInput(0);
  }

  Value codes() {
    return node.output();
  }

  Value scale() {
    return node.output(SCALE).orElseThrow();
  }

  Value zeroPoint() {
    return node.output(ZERO_POINT).orElseThrow();
  }

  /** Tells whether nothing depends on it. */
  boolean isUnused() {
    return node.outputs().stream().allMatch(Value::isUnused);
  }
}
