/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.observer.ValueRange;
import java.util.List;

/** The arithmetic of one profile; see {@link QuantizationProfile} for formulas and edge cases. */
interface ParameterRule {

  /** Returns the codes in use. */
  default CodeLimits limits(QuantizationSpec spec) {
    return spec.limits();
  }

  /** Refuses a spec that the system cannot express. */
  default void requireSupported(QuantizationSpec spec) {}

  /** Returns the scale and zero point of one range. */
  QuantizationParameters parameters(ValueRange range, QuantizationSpec spec);

  /** Returns the scales and zero points of all channels or blocks, at least one. */
  default QuantizationParameters parameters(List<ValueRange> ranges, QuantizationSpec spec) {
    return QuantizationParameters.gather(
        spec.granularity(), ranges.stream().map(range -> parameters(range, spec)).toList());
  }

  /** Returns the failure for a spec that the system cannot express. */
  static IllegalArgumentException unsupported(String profile, QuantizationSpec spec, String why) {
    return new IllegalArgumentException(
        "profile %s cannot express %s %s %s codes: %s"
            .formatted(profile, spec.codeRange(), spec.scheme(), spec.type(), why));
  }
}
