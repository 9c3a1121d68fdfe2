/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Use;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.function.DoublePredicate;

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
      List<float[]> invalid =
          family.members().stream()
              .flatMap(member -> values(member).stream())
              .filter(scales -> isAny(scales, ReplaceInvalidScales::isInvalid))
              .toList();
      if (!invalid.isEmpty()) {
        modified |= mend(context, family, invalid);
      }
    }
    return modified;
  }

  private static Optional<float[]> values(Quantizer quantizer) {
    return quantizer.scale().flatMap(ScaleValues::of);
  }

  private static boolean isInvalid(double scale) {
    return !ScaleValues.isUsable(scale);
  }

  private static boolean isAny(float[] scales, DoublePredicate condition) {
    for (float scale : scales) {
      if (condition.test(scale)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mend(
      RepairContext context, QuantizerFamily family, List<float[]> invalid) {
    String found = described(invalid.get(0));
    boolean isCode = family.isConstantCodes();
    Optional<String> obstacle =
        invalid.stream().anyMatch(scales -> isAny(scales, scale -> !Double.isFinite(scale)))
            ? Optional.of("no number can be told from it; quantize the model anew")
            : isCode ? Optional.empty() : obstacle(family, invalid);
    if (obstacle.isPresent()) {
      context.refused(DEFECT, family.site(), found, obstacle.get());
      return false;
    }
    return isCode ? mendCodes(context, family, found) : mendZeros(context, family, found);
  }

  /** Returns why a scale cannot be replaced where the codes are computed. */
  private static Optional<String> obstacle(QuantizerFamily family, List<float[]> invalid) {
    if (invalid.stream().anyMatch(scales -> isAny(scales, scale -> scale < 0))) {
      return Optional.of("its codes are computed, so they cannot change their sign");
    }
    if (family.isConstant()) {
      return isZero(family)
          ? Optional.empty()
          : Optional.of("the constant is not 0; quantize the constant anew");
    }
    return family.head().isQuantize()
        ? Optional.empty()
        : Optional.of("its codes come from elsewhere, so 1 might not be meant");
  }

  private static boolean mendCodes(RepairContext context, QuantizerFamily family, String found) {
    Optional<ChannelCodes> codes = ChannelCodes.of(family);
    Optional<String> done = codes.flatMap(ReplaceInvalidScales::mended);
    if (done.isEmpty()) {
      String reason =
          codes.isEmpty()
              ? "scale, zero point and axis do not fit"
              : "its codes have no negative counterparts";
      context.refused(DEFECT, family.site(), found, reason);
      return false;
    }
    context.repaired(DEFECT, family.site(), found, "scale " + done.get());
    codes.get().writeTo(family.head().node(), context);
    return true;
  }

  /** Mends the channels; returns what was done, empty where codes cannot change their sign. */
  private static Optional<String> mended(ChannelCodes codes) {
    float replacement = codes.smallestScale();
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
          return Optional.empty();
        }
        done.add(scale + " -> " + codes.scale(channel) + " with codes of the other sign");
      }
    }
    return Optional.of(done.toString());
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
    int inner = ChannelAxis.inner(constant.shape(), axis.getAsInt());
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
      Optional<float[]> scales =
          values(member).filter(values -> isAny(values, ReplaceInvalidScales::isInvalid));
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

  /** Returns the smallest magnitude of the scales that are not 0, 1 where there is none. */
  static float smallest(float[] scales) {
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
      if (isInvalid(scales[i])) {
        return scales.length == 1
            ? "scale " + scales[i]
            : "scale %s of channel %s".formatted(scales[i], i);
      }
    }
    return "scale";
  }
}
