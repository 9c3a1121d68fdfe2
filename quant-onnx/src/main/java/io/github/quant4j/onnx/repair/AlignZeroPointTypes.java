/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Gives zero points the type of the codes (R23). ONNX Runtime and the checker of ONNX refuse other
 * types; TensorRT takes them for int8.
 *
 * <ol>
 *   <li>Zeros become zeros of the type of the codes.
 *   <li>int32 becomes the same number, where it fits. A QuantizeLinear with an int32 zero point,
 *       which cannot write such codes, gets int8.
 *   <li>uint8 beside int8 codes keeps its bits: what writes so has computed with int8. So does int8
 *       beside uint8 codes where the QuantizeLinear has the same bits.
 *   <li>All else is refused. The int32 zero point of an int32 bias is right.
 * </ol>
 *
 * <p>A type that is wrong in the same way at several readers of one tensor is one defect.
 */
final class AlignZeroPointTypes implements RepairPass {
  private static final String REFUSAL =
      "what the number means in that type cannot be told: export the model with one type";

  @Override
  public boolean run(RepairContext context) {
    boolean modified = false;
    Set<String> told = new HashSet<>();
    for (Node node : context.graph().nodes()) {
      Optional<Quantizer> quantizer =
          Quantizer.of(node).filter(found -> found.zeroPoint().isPresent());
      if (quantizer.isPresent()) {
        modified |= align(quantizer.get(), told, context);
      }
    }
    return modified;
  }

  private static boolean align(Quantizer quantizer, Set<String> told, RepairContext context) {
    Tensor zeroPoint = quantizer.zeroPoint().orElseThrow();
    Optional<ElementType> wanted = wanted(quantizer);
    if (wanted.isEmpty() || wanted.get() == zeroPoint.elementType()) {
      return false;
    }
    Optional<Tensor> aligned = aligned(quantizer, zeroPoint, wanted.get());
    String codes = (quantizer.isQuantize() ? quantizer.output() : quantizer.data()).name();
    String found = "zero point %s, codes %s".formatted(text(zeroPoint), wanted.get());
    if (told.add(codes + ": " + found)) {
      Site site = Site.of(quantizer.node(), quantizer.data());
      aligned.ifPresentOrElse(
          tensor ->
              context.repaired(
                  Defect.ZERO_POINT_TYPE,
                  site,
                  found,
                  "zero point %s -> %s".formatted(text(zeroPoint), text(tensor))),
          () -> context.refused(Defect.ZERO_POINT_TYPE, site, found, REFUSAL));
    }
    aligned.ifPresent(
        tensor -> context.setZeroPoint(quantizer.node(), constant(quantizer, tensor, context)));
    return aligned.isPresent();
  }

  /** Returns the type the zero point should have, empty where nothing tells or others refuse. */
  private static Optional<ElementType> wanted(Quantizer quantizer) {
    Optional<ElementType> type =
        quantizer
            .declaredCodeType()
            .or(quantizer::dataCodeType)
            .filter(found -> !RefuseUnsupportedCodes.isUnsupported(found));
    return quantizer.isQuantize()
        ? type.map(found -> found == ElementType.INT32 ? ElementType.INT8 : found)
        : type;
  }

  private static Optional<Tensor> aligned(Quantizer quantizer, Tensor zeroPoint, ElementType type) {
    if (ZeroPoints.areZero(zeroPoint)) {
      return Optional.of(ZeroPoints.tensor(type, zeroPoint.shape(), new int[count(zeroPoint)]));
    }
    boolean isMeant =
        switch (zeroPoint.elementType()) {
          case UINT8 -> type == ElementType.INT8;
          case INT8 -> type == ElementType.UINT8 && hasBitsOfQuantizer(quantizer, zeroPoint);
          case INT32 -> fits(zeroPoint, type);
          default -> false;
        };
    return ZeroPoints.of(zeroPoint)
        .filter(values -> isMeant)
        .map(values -> ZeroPoints.tensor(type, zeroPoint.shape(), values));
  }

  private static boolean hasBitsOfQuantizer(Quantizer quantizer, Tensor zeroPoint) {
    return quantizer
        .data()
        .producer()
        .flatMap(Quantizer::of)
        .flatMap(Quantizer::zeroPoint)
        .filter(other -> other.bytes().equals(zeroPoint.bytes()))
        .isPresent();
  }

  private static boolean fits(Tensor zeroPoint, ElementType type) {
    return Arrays.stream(ZeroPoints.of(zeroPoint).orElseThrow())
        .allMatch(value -> value >= CodeTypes.lowest(type) && value <= CodeTypes.highest(type));
  }

  private static Value constant(Quantizer quantizer, Tensor tensor, RepairContext context) {
    return tensor.elementType() == ElementType.INT8 && ZeroPoints.areZero(tensor)
        ? context.int8Zeros(tensor.shape())
        : context.addConstant(
            quantizer.node().requiredInput(2) + "_" + tensor.elementType(), tensor);
  }

  private static int count(Tensor tensor) {
    return Math.toIntExact(tensor.shape().elementCount());
  }

  private static String text(Tensor zeroPoint) {
    return zeroPoint.elementType()
        + " "
        + ZeroPoints.of(zeroPoint)
            .map(values -> values.length == 1 ? "" + values[0] : Arrays.toString(values))
            .orElseGet(() -> "of shape " + zeroPoint.shape());
  }
}
