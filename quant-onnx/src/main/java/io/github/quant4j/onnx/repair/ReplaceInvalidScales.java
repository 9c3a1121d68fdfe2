/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Use;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;

/**
 * Replaces scales that are 0 or below (R25).
 *
 * <ol>
 *   <li>A channel of a constant with scale 0 stands for zeros whatever its codes: they become the
 *       zero point, the scale the smallest of the tensor that is above 0, else 1 (P50).
 *   <li>Scale 0 on an activation says that calibration saw nothing but zeros, or that the tensor is
 *       never used: it becomes 1.
 *   <li>A scale below 0 on constant codes becomes its magnitude, and the codes change their sign;
 *       see {@link ChannelCodes#negate}. On an activation, or where the codes are computed, it is
 *       refused.
 *   <li>NaN and infinity tell nothing and are refused.
 * </ol>
 */
final class ReplaceInvalidScales implements RepairPass {
  private static final Defect DEFECT = Defect.INVALID_SCALE;

  @Override
  public boolean run(RepairContext context) {
    boolean modified = false;
    for (QuantizerFamily family : QuantizerFamily.of(context.graph())) {
      Optional<float[]> worst =
          family.members().stream()
              .flatMap(member -> values(member).stream())
              .filter(ReplaceInvalidScales::areInvalid)
              .findFirst();
      if (worst.isPresent()) {
        modified |= mend(context, family, worst.get());
      }
    }
    return modified;
  }

  private static Optional<float[]> values(Quantizer quantizer) {
    return quantizer.scale().flatMap(ScaleValues::of);
  }

  private static boolean isValid(float scale) {
    return scale > 0 && Float.isFinite(scale);
  }

  private static boolean areInvalid(float[] scales) {
    for (float scale : scales) {
      if (!isValid(scale)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mend(RepairContext context, QuantizerFamily family, float[] scales) {
    String found = described(scales);
    boolean isFinite =
        family.members().stream()
            .flatMap(member -> values(member).stream())
            .allMatch(ReplaceInvalidScales::areFinite);
    if (!isFinite) {
      context.refused(
          DEFECT, family.site(), found, "no number can be told from it; quantize the model anew");
      return false;
    }
    if (family.isConstantCodes()) {
      return mendCodes(context, family, found);
    }
    boolean isNegative =
        family.members().stream()
            .flatMap(member -> values(member).stream())
            .anyMatch(ReplaceInvalidScales::haveNegative);
    if (isNegative) {
      context.refused(
          DEFECT, family.site(), found, "its codes are computed, so they cannot change their sign");
      return false;
    }
    if (!family.isConstant() && !family.head().isQuantize()) {
      context.refused(
          DEFECT, family.site(), found, "its codes come from elsewhere, so 1 might not be meant");
      return false;
    }
    if (family.isConstant() && !isZero(family)) {
      context.refused(
          DEFECT, family.site(), found, "the constant is not 0; quantize the constant anew");
      return false;
    }
    return mendZeros(context, family, found);
  }

  private static boolean areFinite(float[] scales) {
    for (float scale : scales) {
      if (!Float.isFinite(scale)) {
        return false;
      }
    }
    return true;
  }

  private static boolean haveNegative(float[] scales) {
    for (float scale : scales) {
      if (scale < 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean mendCodes(RepairContext context, QuantizerFamily family, String found) {
    Optional<ChannelCodes> readable = ChannelCodes.of(family);
    if (readable.isEmpty()) {
      context.refused(DEFECT, family.site(), found, "scale, zero point and axis do not fit");
      return false;
    }
    ChannelCodes codes = readable.get();
    float replacement = smallest(values(family.head()).orElseThrow());
    StringJoiner done = new StringJoiner(", ");
    for (int channel = 0; channel < codes.channelCount(); channel++) {
      float scale = codes.scale(channel);
      if (scale == 0) {
        codes.clear(channel);
        codes.setScale(channel, replacement);
        done.add(scale + " -> " + replacement + " with codes of zeros");
      } else if (scale < 0) {
        codes.setScale(channel, -scale);
        if (!codes.negate(channel)) {
          context.refused(DEFECT, family.site(), found, "its codes have no negative counterparts");
          return false;
        }
        done.add(scale + " -> " + codes.scale(channel) + " with codes of the other sign");
      }
    }
    context.repaired(DEFECT, family.site(), found, "scale " + done);
    codes.writeTo(family.head().node(), context);
    return true;
  }

  /** Tells whether a constant is 0 wherever its scale is. */
  private static boolean isZero(QuantizerFamily family) {
    Tensor constant = family.head().data().constant().orElseThrow();
    float[] scales = values(family.head()).orElse(new float[0]);
    OptionalInt axis =
        scales.length == 1 ? OptionalInt.of(-1) : ChannelAxis.of(family, scales.length);
    Optional<float[]> numbers = ScaleValues.of(constant);
    if (axis.isEmpty() || numbers.isEmpty()) {
      return false;
    }
    int inner = 1;
    for (int i = axis.getAsInt() + 1; i < constant.shape().rank(); i++) {
      inner *= (int) constant.shape().dimension(i);
    }
    float[] elements = numbers.get();
    for (int i = 0; i < elements.length; i++) {
      if (elements[i] != 0 && scales[i / inner % scales.length] == 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean mendZeros(RepairContext context, QuantizerFamily family, String found) {
    for (Quantizer member : family.members()) {
      Optional<float[]> scales = values(member).filter(ReplaceInvalidScales::areInvalid);
      if (scales.isPresent()) {
        Tensor mended = ScaleValues.like(member.scale().orElseThrow(), withoutZeros(scales.get()));
        context
            .rewriter()
            .replaceInput(
                new Use(member.node(), 1),
                context.addConstant(family.head().data() + "_scale", mended));
      }
    }
    float replacement = smallest(values(family.head()).orElse(new float[0]));
    String warning =
        family.isConstant()
            ? "scale 0 -> " + replacement
            : "scale 0 -> %s; the tensor carried nothing but zeros when its scale was measured, "
                    .formatted(replacement)
                + "which is worth a look at the data it was measured on";
    context.repaired(DEFECT, family.site(), found, warning);
    return true;
  }

  private static float[] withoutZeros(float[] scales) {
    float replacement = smallest(scales);
    float[] mended = scales.clone();
    for (int i = 0; i < mended.length; i++) {
      mended[i] = mended[i] == 0 ? replacement : mended[i];
    }
    return mended;
  }

  /** Returns the smallest scale above 0, 1 where there is none. */
  private static float smallest(float[] scales) {
    float smallest = Float.POSITIVE_INFINITY;
    for (float scale : scales) {
      if (scale != 0) {
        smallest = Math.min(smallest, Math.abs(scale));
      }
    }
    return Float.isInfinite(smallest) ? 1 : smallest;
  }

  private static String described(float[] scales) {
    for (int i = 0; i < scales.length; i++) {
      if (!isValid(scales[i])) {
        return scales.length == 1
            ? "scale " + scales[i]
            : "scale %s of channel %s".formatted(scales[i], i);
      }
    }
    return "scale";
  }
}
