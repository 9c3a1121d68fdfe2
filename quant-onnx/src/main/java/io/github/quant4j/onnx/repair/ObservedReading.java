/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.observer.ValueRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What observed values tell of uint8 codes with zero point 0, one answer for the whole model.
 *
 * <p>A value below 0 by more than half a step has no unsigned code, so one such tensor decides for
 * signed. Otherwise each scale s has one vote: signed codes reach 127.5 s, unsigned ones 255 s, and
 * the largest value observed on the tensors of that scale is nearer to one of them. Tensors of one
 * scale vote together because pools and copies often take the scale of what they read, which they
 * need not fill. The majority decides; an even vote decides nothing.
 *
 * @param reading how the codes are to be read
 * @param reason what tells, the end of a sentence
 */
record ObservedReading(CodeReading reading, String reason) {
  private static final double SIGNED_REACH = 127.5;
  private static final double UNSIGNED_REACH = 255;
  private static final double HALF_STEP = 0.5;

  /** Returns the answer, empty where nothing was observed or the votes are even. */
  static Optional<ObservedReading> of(RepairContext context, List<AffineActivation> unsigned) {
    Map<Float, Float> maxima = new LinkedHashMap<>();
    for (AffineActivation activation : unsigned) {
      Optional<ValueRange> range = context.observed(activation.tensor());
      if (range.isPresent()) {
        if (range.get().minimum() < -HALF_STEP * activation.scale()) {
          return Optional.of(
              new ObservedReading(
                  CodeReading.SIGNED,
                  "tensor \"%s\" was observed at %s"
                      .formatted(activation.tensor(), range.get().minimum())));
        }
        maxima.merge(activation.scale(), range.get().absoluteMaximum(), Math::max);
      }
    }
    return vote(maxima);
  }

  private static Optional<ObservedReading> vote(Map<Float, Float> maxima) {
    long voters = maxima.values().stream().filter(maximum -> maximum > 0).count();
    long forSigned =
        maxima.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .filter(entry -> isNearerToSigned(entry.getValue() / (double) entry.getKey()))
            .count();
    if (2 * forSigned == voters) {
      return Optional.empty();
    }
    boolean isSigned = 2 * forSigned > voters;
    return Optional.of(
        new ObservedReading(
            isSigned ? CodeReading.SIGNED : CodeReading.UNSIGNED,
            "the observed maxima of %s of %s scales are nearer to %s scales than to %s"
                .formatted(
                    isSigned ? forSigned : voters - forSigned,
                    voters,
                    isSigned ? SIGNED_REACH : UNSIGNED_REACH,
                    isSigned ? UNSIGNED_REACH : SIGNED_REACH)));
  }

  private static boolean isNearerToSigned(double reach) {
    return Math.abs(reach - SIGNED_REACH) <= Math.abs(reach - UNSIGNED_REACH);
  }
}
