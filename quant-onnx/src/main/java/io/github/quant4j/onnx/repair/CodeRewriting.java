/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives activations int8 codes, one pass long, and reports each.
 *
 * <p>A zero point that is the smallest code makes the QuantizeLinear a Relu too, and tools drop the
 * Relu before it. Symmetric codes do not do that work, so there a {@link Rectifier} is put before
 * the QuantizeLinear, unless the tensor cannot be negative anyway. In the float form, where no
 * codes end at the largest, that is a Clip, for tools drop these too. Inputs of the model are taken
 * as the tool that chose their range saw them, which was never below 0.
 */
final class CodeRewriting {
  private final RepairContext context;
  private final NonNegativeTensors nonNegative;
  private final CoveringScales scales;
  private final RepairContext.NodeNames names;
  private final Map<Integer, Value> zeroPoints = new HashMap<>();

  CodeRewriting(RepairContext context) {
    this.context = context;
    this.nonNegative = NonNegativeTensors.of(context.graph());
    this.scales = new CoveringScales(context, AffineActivation.of(context.graph()));
    this.names = context.nodeNames();
  }

  /**
   * Gives some activations symmetric int8 codes.
   *
   * @return true when the model was changed
   */
  static boolean center(RepairContext context, List<AffineActivation> activations, Defect defect) {
    if (activations.isEmpty()) {
      return false;
    }
    CodeRewriting rewriting = new CodeRewriting(context);
    boolean isChanged = false;
    for (AffineActivation activation : activations) {
      isChanged |= rewriting.center(activation, defect, "");
    }
    return isChanged;
  }

  /**
   * Takes the bits of uint8 codes for int8 at the same scale.
   *
   * @param why what tells that they are, the end of a sentence
   * @return true when the model was changed
   */
  boolean readAsSigned(AffineActivation unsigned, Defect defect, String why) {
    if (isHindered(unsigned, defect)) {
      return false;
    }
    int zeroPoint = (byte) unsigned.zeroPoint();
    Value value =
        zeroPoint == 0
            ? context.int8Zeros(Shape.of())
            : zeroPoints.computeIfAbsent(zeroPoint, this::addZeroPoint);
    unsigned.activation().nodes().forEach(node -> context.setZeroPoint(node, value));
    context.repaired(
        defect,
        unsigned.site(),
        unsigned.description(),
        "zero point int8 %s, the scale stays: %s".formatted(zeroPoint, why));
    return true;
  }

  private Value addZeroPoint(int zeroPoint) {
    return context.addConstant(
        "zero_point_int8_" + (zeroPoint < 0 ? "minus_" : "plus_") + Math.abs(zeroPoint),
        Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) zeroPoint));
  }

  /**
   * Gives an activation symmetric int8 codes.
   *
   * @param why what tells that the codes are what they say, the end of a sentence
   * @return true when the model was changed
   */
  boolean center(AffineActivation old, Defect defect, String why) {
    if (isHindered(old, defect)) {
      return false;
    }
    CoveringScales.Choice choice = scales.of(old);
    boolean isRectified = old.beginsAtZero() && mayBeNegative(old.tensor());
    Site site = old.site();
    String done =
        "scale %s -> %s%s, zero point int8 0%s%s"
            .formatted(
                old.scale(),
                choice.scale(),
                choice.isObserved() ? " from the observed values" : "",
                isRectified ? ", and a Relu before it, for the old codes begin at 0" : "",
                why);
    if (isRectified) {
      rectify(old);
    }
    context.setInt8Scale(old.activation().nodes(), site.tensor(), choice.scale());
    context.repaired(defect, site, old.description(), done);
    return true;
  }

  /** Refuses what cannot change. What nothing reads is passed over: it will be removed. */
  private boolean isHindered(AffineActivation activation, Defect defect) {
    activation
        .obstacle()
        .ifPresent(
            obstacle ->
                context.refused(defect, activation.site(), activation.description(), obstacle));
    return activation.isUnused() || activation.obstacle().isPresent();
  }

  private boolean mayBeNegative(Value tensor) {
    if (nonNegative.contains(tensor)) {
      return false;
    }
    Value source = tensor;
    while (source.producer().filter(OperatorClass::isCopy).isPresent()) {
      source = source.producer().orElseThrow().requiredInput(0);
    }
    return !source.isGraphInput();
  }

  private void rectify(AffineActivation activation) {
    Node quantize = activation.activation().quantize().node();
    Value tensor = activation.tensor();
    Rectifier rectifier = Rectifier.of(context, tensor.name(), activation.scale());
    Node added =
        context
            .rewriter()
            .insertBefore(
                quantize,
                rectifier.blueprint(
                    names.free(tensor + "_" + rectifier.opType()),
                    tensor,
                    context.rewriter().freeName(tensor + "_rectified")));
    context.rewriter().replaceInput(new Use(quantize, 0), added.output());
  }
}
