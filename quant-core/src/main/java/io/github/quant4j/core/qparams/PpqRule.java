/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.observer.ValueRange;
import java.util.List;

/** The rule of {@link QuantizationProfile#PPQ}, in double. */
final class PpqRule implements ParameterRule {

  private static final double SMALLEST_SCALE = 1e-8;

  @Override
  public void requireSupported(QuantizationSpec spec) {
    if (!spec.isSymmetric() && spec.type().isSigned()) {
      throw ParameterRule.unsupported(
          QuantizationProfile.PPQ.name(), spec, "its zero point is counted from code 0");
    }
  }

  @Override
  public QuantizationParameters parameters(ValueRange range, QuantizationSpec spec) {
    double minimum = Math.min(range.minimum(), 0f);
    return parameters(range, Math.max(range.maximum(), 0f) - minimum, spec);
  }

  /* PPQ reads per-channel ranges from a float32 array, so their width is rounded to float32. */
  @Override
  public QuantizationParameters parameters(List<ValueRange> ranges, QuantizationSpec spec) {
    return QuantizationParameters.gather(
        spec.granularity(),
        ranges.stream()
            .map(
                range -> {
                  float minimum = Math.min(range.minimum(), 0f);
                  return parameters(range, Math.max(range.maximum(), 0f) - minimum, spec);
                })
            .toList());
  }

  private static QuantizationParameters parameters(
      ValueRange range, double width, QuantizationSpec spec) {
    double span = spec.isSymmetric() ? 2.0 * range.absoluteMaximum() : width;
    double scale = Math.max(span / spec.limits().stepCount(), SMALLEST_SCALE);
    double zeroPoint = spec.isSymmetric() ? 0 : Math.rint(-Math.min(range.minimum(), 0f) / scale);
    return QuantizationParameters.perTensor((float) scale, (int) zeroPoint);
  }
}
