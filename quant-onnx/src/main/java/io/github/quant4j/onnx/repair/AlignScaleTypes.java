/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.FloatElements;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.half.ElementTypes;
import io.github.quant4j.onnx.pass.opset.LiftOpset;
import io.github.quant4j.onnx.qdq.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the types of scales agree with their tensors and with the operator set (R26).
 *
 * <ol>
 *   <li>Below opset 19 scales are float32; up to 22 a QuantizeLinear reads a tensor of the type of
 *       its scale; from 23 on they may differ. float64 never may be.
 *   <li>float16 and bfloat16 scales that the operator set allows stay where no other repair has to
 *       change their numbers: symmetric int8, one scale on an activation. Where only the operator
 *       set is too low for such, it is lifted to 19, if the target is TensorRT and all operators
 *       can be lifted.
 *   <li>All others become float32, exactly, with a Cast before QuantizeLinear and behind
 *       DequantizeLinear, so that no other node sees another type than before.
 * </ol>
 */
final class AlignScaleTypes implements RepairPass {
  private static final Logger LOGGER = LoggerFactory.getLogger(AlignScaleTypes.class);
  private static final Defect DEFECT = Defect.SCALE_TYPE;
  private static final int SCALE = 1;
  private static final int HALF_SCALES = 19;
  private static final int FREE_SCALES = 23;

  @Override
  public boolean run(RepairContext context) {
    boolean isLifted = lift(context);
    ElementTypes types = ElementTypes.of(context.graph());
    Widening widening = null;
    for (QuantizerFamily family : QuantizerFamily.of(context.graph())) {
      if (!isReadable(family)) {
        reportUnreadable(context, family);
      } else if (!isFine(family, types, context.model().opset())) {
        widening = widening == null ? new Widening(context, types) : widening;
        context.repaired(
            DEFECT, family.site(), described(family, types), "all are float32, with Casts around");
        widening.widen(family);
      }
    }
    return isLifted || widening != null;
  }

  /** Lifts a model whose only fault is that its operator set knows no float16 scales. */
  private static boolean lift(RepairContext context) {
    long opset = context.model().opset();
    if (opset >= HALF_SCALES || context.options().target() != Target.TENSORRT) {
      return false;
    }
    ElementTypes types = ElementTypes.of(context.graph());
    List<QuantizerFamily> early =
        QuantizerFamily.of(context.graph()).stream()
            .filter(family -> isReadable(family) && !isFine(family, types, opset))
            .filter(family -> isFine(family, types, HALF_SCALES))
            .toList();
    if (early.isEmpty()) {
      return false;
    }
    try {
      LiftOpset.to(HALF_SCALES).run(context.model());
    } catch (OnnxException e) {
      LOGGER.warn("scales become float32, for the opset stays at {}: {}", opset, e.getMessage());
      return false;
    }
    for (QuantizerFamily family : early) {
      String done = "opset %s -> %s, which knows such scales".formatted(opset, HALF_SCALES);
      context.repaired(DEFECT, family.site(), described(family, types), done);
    }
    return true;
  }

  private static boolean isReadable(QuantizerFamily family) {
    return family.members().stream()
        .allMatch(
            member ->
                member
                    .node()
                    .requiredInput(SCALE)
                    .constantElementType()
                    .filter(FloatElements::isFloat)
                    .isPresent());
  }

  private static void reportUnreadable(RepairContext context, QuantizerFamily family) {
    family.members().stream()
        .map(member -> member.node().requiredInput(SCALE).constantElementType())
        .flatMap(Optional::stream)
        .filter(type -> !FloatElements.isFloat(type))
        .findFirst()
        .ifPresent(
            type ->
                context.refused(
                    DEFECT,
                    family.site(),
                    "scale of type " + type,
                    "expected float32; no kernel takes such a scale, quantize the model anew"));
  }

  private static boolean isFine(QuantizerFamily family, ElementTypes types, long opset) {
    boolean isFloat = true;
    for (Quantizer member : family.members()) {
      ElementType scale = scaleType(member);
      isFloat &= scale == ElementType.FLOAT;
      if (!isLegal(member, scale, types, opset)) {
        return false;
      }
    }
    return isFloat || isSymmetric(family);
  }

  private static boolean isLegal(
      Quantizer member, ElementType scale, ElementTypes types, long opset) {
    if (scale == ElementType.DOUBLE || (scale != ElementType.FLOAT && opset < HALF_SCALES)) {
      return false;
    }
    if (!member.isQuantize()) {
      return true;
    }
    Optional<ElementType> tensor = types.type(member.data()).filter(FloatElements::isFloat);
    return tensor.isEmpty()
        || (tensor.get() != ElementType.DOUBLE && opset >= FREE_SCALES)
        || tensor.get() == scale;
  }

  /** Tells whether no other repair will want to change scale or zero point. */
  private static boolean isSymmetric(QuantizerFamily family) {
    return family.members().stream()
        .allMatch(
            member ->
                member.codeType() == ElementType.INT8
                    && member.zeroPoint().filter(ZeroPoints::areZero).isPresent()
                    && (family.isConstant()
                        || member.scale().orElseThrow().shape().elementCount() == 1));
  }

  private static ElementType scaleType(Quantizer member) {
    return member.node().requiredInput(SCALE).constantElementType().orElseThrow();
  }

  private static String described(QuantizerFamily family, ElementTypes types) {
    Quantizer head = family.head();
    String tensor =
        head.isQuantize()
            ? types.type(head.data()).map(type -> " on a tensor of type " + type).orElse("")
            : "";
    return "scale of type " + scaleType(head) + tensor;
  }

  /** Makes families float32; constants that several read become one. */
  private static final class Widening {
    private final RepairContext context;
    private final ElementTypes types;
    private final RepairContext.NodeNames names;
    private final Map<Value, Value> widened = new HashMap<>();

    Widening(RepairContext context, ElementTypes types) {
      this.context = context;
      this.types = types;
      this.names = context.nodeNames();
    }

    void widen(QuantizerFamily family) {
      for (Quantizer member : family.members()) {
        ElementType outside = outsideType(member);
        Node node = member.node();
        context.rewriter().edit(node).removeAttribute("precision");
        context.rewriter().replaceInput(new Use(node, SCALE), float32(node.requiredInput(SCALE)));
        if (outside != ElementType.FLOAT && member.isQuantize()) {
          readFloat(member);
        } else if (outside != ElementType.FLOAT) {
          context.rewriter().edit(node).removeAttribute("output_dtype");
          writeThrough(member.output(), outside);
        }
      }
    }

    /** Returns the type of the float tensor that others read or write. */
    private ElementType outsideType(Quantizer member) {
      if (member.isQuantize()) {
        ElementType tensor = types.type(member.data()).orElse(scaleType(member));
        return FloatElements.isFloat(tensor) ? tensor : ElementType.FLOAT; // int32 needs no Cast
      }
      Optional<ElementType> stated =
          ElementType.ofOnnxCode((int) member.node().integer("output_dtype", 0));
      Optional<ElementType> declared =
          member.output().type().elementType().filter(FloatElements::isFloat);
      return stated.or(() -> declared).orElse(scaleType(member));
    }

    private void readFloat(Quantizer quantize) {
      Value tensor = quantize.data();
      Use use = new Use(quantize.node(), 0);
      if (tensor.isConstant()) {
        context.rewriter().replaceInput(use, float32(tensor));
        return;
      }
      NodeBlueprint cast = cast(tensor, ElementType.FLOAT, tensor + "_float32");
      context
          .rewriter()
          .replaceInput(use, context.rewriter().insertBefore(quantize.node(), cast).output());
    }

    private void writeThrough(Value output, ElementType type) {
      String name = context.rewriter().freeName(output + "_float32");
      context
          .rewriter()
          .divert(
              output,
              name,
              wide ->
                  NodeBlueprint.of(
                          "Cast", names.free(output + "_Cast"), List.of(wide), output.name())
                      .withInteger("to", type.onnxCode()));
    }

    private NodeBlueprint cast(Value from, ElementType type, String wish) {
      return NodeBlueprint.of(
              "Cast", names.free(from + "_Cast"), List.of(from), context.rewriter().freeName(wish))
          .withInteger("to", type.onnxCode());
    }

    private Value float32(Value constant) {
      if (constant.constantElementType().orElseThrow() == ElementType.FLOAT) {
        return constant;
      }
      return widened.computeIfAbsent(
          constant,
          narrow -> {
            Tensor tensor = narrow.constant().orElseThrow();
            float[] values = ScaleValues.of(tensor).orElseThrow();
            return context.addConstant(
                narrow + "_float32", Tensor.ofFloats(tensor.shape(), values));
          });
    }
  }
}
