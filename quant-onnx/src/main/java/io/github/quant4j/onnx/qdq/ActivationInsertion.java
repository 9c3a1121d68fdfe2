/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.SymmetricInt8;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the scales of activations, then inserts pairs on them. */
final class ActivationInsertion {
  private static final Logger LOGGER = LoggerFactory.getLogger(ActivationInsertion.class);

  private final InsertionContext context;
  private final ObservedRanges ranges;
  private final BuildMode mode;
  private final Map<String, Float> scales = new HashMap<>();

  ActivationInsertion(InsertionContext context, ObservedRanges ranges, BuildMode mode) {
    this.context = context;
    this.ranges = ranges;
    this.mode = mode;
  }

  /** Chooses the scale of a pair; the graph stays as it is. */
  void chooseScale(ActivationPair pair) {
    context.value(pair.tensor());
    context.uses(pair.edges());
    ValueRange range = pair.fixedRange().orElseGet(() -> observedRange(pair));
    float scale = mode.scale(SymmetricInt8.forActivation(range).scale(0));
    if (mode.isImprecise(scale)) {
      LOGGER.warn(
          "tensor \"{}\" has scale {}, of reduced precision in float16", pair.tensor(), scale);
    }
    scales.put(pair.tensor(), scale);
  }

  /** Returns the scale chosen for a tensor. */
  float scale(String tensor) {
    Float scale = scales.get(tensor);
    if (scale == null) {
      throw new OnnxException("the plan needs the scale of \"" + tensor + "\", which has no pair");
    }
    return scale;
  }

  void insert(ActivationPair pair) {
    Value tensor = context.value(pair.tensor());
    List<Use> uses = context.uses(pair.edges());
    Node anchor = context.firstReader(uses);
    Tensor scale = Tensor.ofFloats(Shape.of(), scale(pair.tensor()));
    Value scaleValue = context.addConstant(tensor + "_scale", scale);
    Value zeroPoint = context.zeroPoint(Shape.of());
    Value quantized =
        context
            .rewriter()
            .insertBefore(
                anchor,
                blueprint("QuantizeLinear", "_quantized", tensor, tensor, scaleValue, zeroPoint))
            .output();
    Value dequantized =
        context
            .rewriter()
            .insertBefore(
                anchor,
                blueprint(
                    "DequantizeLinear", "_dequantized", tensor, quantized, scaleValue, zeroPoint))
            .output();
    context.rewriter().declareLike(quantized, tensor, ElementType.INT8);
    context.rewriter().declareLike(dequantized, tensor, ElementType.FLOAT);
    uses.forEach(use -> context.rewriter().replaceInput(use, dequantized));
  }

  private NodeBlueprint blueprint(String opType, String suffix, Value tensor, Value... inputs) {
    return NodeBlueprint.of(
        opType,
        context.nodeName(tensor + "_" + opType),
        List.of(inputs),
        context.rewriter().freeName(tensor + suffix));
  }

  private ValueRange observedRange(ActivationPair pair) {
    ValueRange range = ranges.unionOf(pair.rangeSources());
    if (range.absoluteMaximum() == 0) {
      LOGGER.warn("tensor \"{}\" was zero in every sample; its scale is set to 1", pair.tensor());
    }
    return range;
  }
}
