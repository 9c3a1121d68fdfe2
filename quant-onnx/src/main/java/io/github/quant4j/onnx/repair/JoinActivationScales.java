/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Joins the scales per channel of an activation in one (R20).
 *
 * <ul>
 *   <li>Zero points all 0: {@code scale' = max(scale[c])}, and the zero point stays 0.
 *   <li>Else the codes cover every channel's range: with {@code lo = min((qmin - z[c]) scale[c])}
 *       and {@code hi = max((qmax - z[c]) scale[c])}, {@code scale' = (hi - lo) / 254} and {@code
 *       z' = qmin + ceil(-lo / scale')}; one code of the 255 steps pays for the rounding of z'.
 * </ul>
 *
 * <p>Values that were inside the range of their channel are off by half of the new scale at most.
 * Codes that others read or write cannot change their meaning, and are refused.
 */
final class JoinActivationScales implements RepairPass {
  private static final Defect DEFECT = Defect.ACTIVATION_SCALE_PER_CHANNEL;

  @Override
  public boolean run(RepairContext context) {
    boolean modified = false;
    for (QuantizerFamily family : QuantizerFamily.of(context.graph())) {
      boolean isPerChannel =
          !family.isConstant() && family.members().stream().anyMatch(JoinActivationScales::isMany);
      if (isPerChannel) {
        modified |= join(context, family);
      }
    }
    return modified;
  }

  private static boolean isMany(Quantizer member) {
    return member.scale().filter(scale -> scale.shape().elementCount() > 1).isPresent();
  }

  private static boolean join(RepairContext context, QuantizerFamily family) {
    Quantizer head = family.head();
    String found = "%s scales on an activation".formatted(count(family));
    boolean isAgreed = family.members().stream().allMatch(head::hasParametersOf);
    if (!family.isClosed() || !isAgreed) {
      String reason =
          family.isClosed()
              ? "its QuantizeLinear and DequantizeLinear nodes differ in scale, zero point or axis"
              : "others read or write its codes, which a new scale would change";
      context.refused(DEFECT, family.site(), found, reason);
      return false;
    }
    Optional<Joined> joined = joined(head);
    if (joined.isEmpty()) {
      context.refused(DEFECT, family.site(), found, "its scales and zero points do not fit");
      return false;
    }
    String zeroPoint = joined.get().zeroPoint == 0 ? "" : ", zero point " + joined.get().zeroPoint;
    context.repaired(DEFECT, family.site(), found, "one scale, " + joined.get().scale + zeroPoint);
    write(context, family, joined.get());
    return true;
  }

  private static long count(QuantizerFamily family) {
    return family.members().stream()
        .flatMap(member -> member.scale().stream())
        .mapToLong(scale -> scale.shape().elementCount())
        .max()
        .orElse(1);
  }

  private static Optional<Joined> joined(Quantizer head) {
    Tensor scale = head.scale().orElseThrow();
    ElementType type = head.codeType();
    if (!CodeTypes.isByte(type) || scale.elementType() != ElementType.FLOAT) {
      return Optional.empty();
    }
    FloatBuffer scales = scale.floats();
    int count = scales.remaining();
    return (head.hasZeroPoint()
            ? head.zeroPoint().flatMap(ZeroPoints::of)
            : Optional.of(new int[count]))
        .filter(zeros -> zeros.length == count)
        .map(zeros -> Joined.of(scales, zeros, type));
  }

  private static void write(RepairContext context, QuantizerFamily family, Joined joined) {
    String tensor = family.head().data().name();
    Value scale = context.addConstant(tensor + "_scale", Tensor.ofFloats(Shape.of(), joined.scale));
    boolean hasZeros = joined.zeroPoint == 0 && joined.type == ElementType.INT8;
    Value zeroPoint =
        hasZeros
            ? context.int8Zeros(Shape.of())
            : context.addConstant(
                tensor + "_zero_point",
                Tensor.ofBytes(joined.type, Shape.of(), (byte) joined.zeroPoint));
    context.setParameters(family.nodes(), scale, zeroPoint);
    for (Node node : family.nodes()) {
      context.rewriter().edit(node).removeAttribute("axis");
    }
  }

  /** One scale and zero point for all channels. */
  private record Joined(float scale, int zeroPoint, ElementType type) {
    private static final int STEPS = 254;

    static Joined of(FloatBuffer scales, int[] zeroPoints, ElementType type) {
      int lowestCode = CodeTypes.lowest(type);
      float largest = 0;
      double lowest = 0;
      double highest = 0;
      boolean areZero = true;
      for (int i = 0; i < zeroPoints.length; i++) {
        largest = Math.max(largest, scales.get(i));
        lowest = Math.min(lowest, (lowestCode - zeroPoints[i]) * (double) scales.get(i));
        highest =
            Math.max(highest, (CodeTypes.highest(type) - zeroPoints[i]) * (double) scales.get(i));
        areZero &= zeroPoints[i] == 0;
      }
      if (areZero) {
        return new Joined(largest, 0, type);
      }
      float scale = (float) ((highest - lowest) / STEPS);
      return new Joined(scale, lowestCode + (int) Math.ceil(-lowest / scale), type);
    }
  }
}
