/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
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
 *   <li>A QuantizeLinear gets uint8, which ONNX takes, or what its {@code output_dtype} says.
 *       Whether uint8 was meant is settled with the numbers (R03 to R05).
 *   <li>A DequantizeLinear gets the type of the codes it reads.
 *   <li>Left alone are an int32 bias, which TensorRT is never shown, codes of an unsupported type,
 *       and nodes whose scale is computed. Codes of unknown type are refused.
 * </ol>
 *
 * <p>A QuantizeLinear and its DequantizeLinear nodes are one defect. Values do not change.
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
        modified |= complete(group.stream().filter(AddZeroPoints::isOpen).toList(), context);
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

  private static boolean complete(List<Quantizer> open, RepairContext context) {
    if (open.isEmpty()) {
      return false;
    }
    Quantizer first = open.get(0);
    Site site = Site.of(first.node(), first.data());
    Optional<ElementType> type = first.dataCodeType();
    String found =
        open.size() == 1
            ? "%s has no zero point".formatted(first.node().opType())
            : "%s nodes of one tensor have no zero point".formatted(open.size());
    if (type.isEmpty()) {
      context.refused(
          Defect.MISSING_ZERO_POINT,
          site,
          found,
          "the type of the codes is not known: declare it, or export the model with zero points");
      return false;
    }
    if (type.get() != ElementType.INT8 && type.get() != ElementType.UINT8) {
      return false;
    }
    for (Quantizer quantizer : open) {
      Shape shape = quantizer.node().requiredInput(1).constantShape().orElseThrow();
      context.setZeroPoint(quantizer.node(), zeros(type.get(), shape, context));
    }
    context.repaired(
        Defect.MISSING_ZERO_POINT, site, found, "none -> zero point %s 0".formatted(type.get()));
    return true;
  }

  private static Value zeros(ElementType type, Shape shape, RepairContext context) {
    return type == ElementType.INT8
        ? context.int8Zeros(shape)
        : context.addConstant(
            "zero_point_uint8",
            Tensor.ofBytes(type, shape, new byte[Math.toIntExact(shape.elementCount())]));
  }
}
