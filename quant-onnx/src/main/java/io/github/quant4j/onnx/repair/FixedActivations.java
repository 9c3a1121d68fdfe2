/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What takes the place of codes whose scale was computed while the model ran: a pair of symmetric
 * int8 with the scale that calibration gives, or the tensor itself in the float form of a model and
 * where it is constant, as weights are that no initializer held when the model was quantized. Not
 * thread-safe.
 */
final class FixedActivations {
  private final RepairContext context;
  private final CodeNodes codeNodes;
  private final Map<Value, Value> made = new HashMap<>();

  FixedActivations(RepairContext context, CodeNodes codeNodes) {
    this.context = context;
    this.codeNodes = codeNodes;
  }

  /** Tells whether there is something to take the place of the codes of a tensor. */
  boolean isKnown(Value tensor) {
    return isReadAsFloat(tensor) || context.observed(tensor).isPresent();
  }

  /** Tells whether readers get the tensor itself: a weight gets its codes later. */
  private boolean isReadAsFloat(Value tensor) {
    return context.options().isForFloatForm() || tensor.isConstant();
  }

  /** Returns the scale that calibration gives a tensor: its largest magnitude / 127. */
  Optional<Float> scale(Value tensor) {
    return context.observedScale(tensor);
  }

  /** Returns what readers of the codes of a known tensor read from now on. */
  Value value(Value tensor, Node anchor) {
    return isReadAsFloat(tensor)
        ? tensor
        : made.computeIfAbsent(tensor, float32 -> pair(float32, anchor));
  }

  /** Tells what was done to a tensor. */
  String remedy(Value tensor) {
    return scale(tensor)
        .map(scale -> "computed scale -> %s, zero point int8 0".formatted(scale))
        .orElse("the codes -> the float tensor");
  }

  private Value pair(Value tensor, Node anchor) {
    Tensor scale = Tensor.ofFloats(Shape.of(), scale(tensor).orElseThrow());
    Value constant = context.addConstant(tensor + "_scale", scale);
    Value zero = context.int8Zeros(Shape.of());
    Value codes =
        context
            .rewriter()
            .insertBefore(
                anchor,
                NodeBlueprint.of(
                    "QuantizeLinear",
                    codeNodes.nodeName(tensor + "_QuantizeLinear"),
                    List.of(tensor, constant, zero),
                    context.rewriter().freeName(tensor + "_int8")))
            .output();
    context.rewriter().declareLike(codes, tensor, ElementType.INT8);
    return codeNodes.dequantize(codes, new CodeScale(constant, zero), anchor);
  }
}
