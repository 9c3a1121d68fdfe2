/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the zero points that are left out (R22), which ONNX and TensorRT understand differently:
 * zeros of the shape of the scale.
 *
 * <ol>
 *   <li>A QuantizeLinear gets the type that its {@code output_dtype} says, or the zero point of a
 *       DequantizeLinear behind it, or else uint8, which ONNX takes. Whether uint8 was meant is
 *       settled with the numbers (R03 to R05), but for a float constant, which tells itself: one
 *       with values below minus one step gets int8, since uint8 would cut them off.
 *   <li>A DequantizeLinear gets the type of the codes it reads.
 *   <li>Left alone are an int32 bias, which TensorRT is never shown, codes of an unsupported type,
 *       and nodes whose scale is computed. Codes of unknown type are refused.
 * </ol>
 *
 * <p>A QuantizeLinear and its DequantizeLinear nodes are one defect. Values change for such a
 * constant only.
 */
final class AddZeroPoints implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    Set<Node> done = new HashSet<>();
    boolean modified = false;
    for (Node node : context.graph().nodes()) {
      Optional<Quantizer> quantizer = Quantizer.of(node);
      if (quantizer.isPresent() && !done.contains(node)) {
        List<Quantizer> group = group(quantizer.get());
        group.forEach(member -> done.add(member.node()));
        modified |= complete(group, context);
      }
    }
    return modified;
  }

  private static List<Quantizer> group(Quantizer first) {
    List<Quantizer> group = new ArrayList<>(List.of(first));
    if (first.isQuantize()) {
      group.addAll(QuantizedActivation.readers(first.output()));
    }
    return group;
  }

  private static boolean isOpen(Quantizer quantizer) {
    return !quantizer.hasZeroPoint() && quantizer.node().requiredInput(1).isConstant();
  }

  private static boolean complete(List<Quantizer> group, RepairContext context) {
    List<Quantizer> open = group.stream().filter(AddZeroPoints::isOpen).toList();
    Optional<ElementType> type = type(group);
    if (open.isEmpty() || type.filter(known -> !CodeTypes.isByte(known)).isPresent()) {
      return false;
    }
    Node node = open.get(0).node();
    Site site = Site.of(node, open.get(0).data());
    String found =
        open.size() == 1
            ? "%s has no zero point".formatted(node.opType())
            : "%s nodes of one tensor have no zero point".formatted(open.size());
    if (type.isEmpty()) {
      context.refused(
          Defect.MISSING_ZERO_POINT,
          site,
          found,
          "the type of the codes is not known: declare it, or export the model with zero points");
      return false;
    }
    open.forEach(quantizer -> add(quantizer.node(), type.get(), context));
    context.repaired(
        Defect.MISSING_ZERO_POINT, site, found, "none -> zero point %s 0".formatted(type.get()));
    return true;
  }

  private static Optional<ElementType> type(List<Quantizer> group) {
    Quantizer first = group.get(0);
    if (!first.isQuantize() || first.hasZeroPoint()) {
      return first.dataCodeType();
    }
    return first
        .declaredCodeType()
        .or(() -> group.stream().flatMap(member -> ofZeroPoint(member).stream()).findFirst())
        .or(() -> Optional.of(isSignedConstant(first) ? ElementType.INT8 : ElementType.UINT8));
  }

  private static Optional<ElementType> ofZeroPoint(Quantizer quantizer) {
    return quantizer.zeroPoint().map(Tensor::elementType).filter(CodeTypes::isByte);
  }

  /** Tells whether this quantizes a float constant that has values below minus one step. */
  private static boolean isSignedConstant(Quantizer quantizer) {
    Optional<FloatBuffer> scales = floats(quantizer.node().requiredInput(1));
    return floats(quantizer.data())
        .flatMap(data -> scales.map(steps -> lowest(data) < -highest(steps)))
        .orElse(false);
  }

  private static Optional<FloatBuffer> floats(Value value) {
    return value
        .constant()
        .filter(tensor -> tensor.elementType() == ElementType.FLOAT)
        .map(Tensor::floats);
  }

  private static float lowest(FloatBuffer values) {
    float lowest = Float.POSITIVE_INFINITY;
    while (values.hasRemaining()) {
      lowest = Math.min(lowest, values.get());
    }
    return lowest;
  }

  private static float highest(FloatBuffer values) {
    float highest = Float.NEGATIVE_INFINITY;
    while (values.hasRemaining()) {
      highest = Math.max(highest, values.get());
    }
    return highest;
  }

  private static void add(Node node, ElementType type, RepairContext context) {
    Shape shape = node.requiredInput(1).constantShape().orElseThrow();
    byte[] zeros = new byte[Math.toIntExact(shape.elementCount())];
    Value zeroPoint =
        type == ElementType.INT8
            ? context.int8Zeros(shape)
            : context.addConstant("zero_point_uint8", Tensor.ofBytes(type, shape, zeros));
    context.setZeroPoint(node, zeroPoint);
  }
}
