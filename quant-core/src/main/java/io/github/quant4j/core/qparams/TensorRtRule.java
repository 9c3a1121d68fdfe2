/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.observer.ValueRange;
import java.util.List;

/** The rule of {@link QuantizationProfile#TENSORRT}. */
final class TensorRtRule implements ParameterRule {

  @Override
  public QuantizationParameters parameters(ValueRange range, QuantizationSpec spec) {
    float absoluteMaximum = range.absoluteMaximum();
    CodeLimits limits = spec.limits();
    if (spec.isSymmetric()) {
      int zeroPoint = spec.type().isSigned() ? 0 : limits.maximum() / 2 + 1;
      float largest = limits.maximum() - zeroPoint;
      float scale = absoluteMaximum == 0 ? 1f : normal(absoluteMaximum / largest);
      return QuantizationParameters.perTensor(scale, zeroPoint);
    }
    if (absoluteMaximum == 0) {
      return QuantizationParameters.perTensor(1f, 0);
    }
    double minimum = Math.min(range.minimum(), 0f);
    double width = Math.max(range.maximum(), 0f) - minimum;
    float scale = normal((float) (width / limits.stepCount()));
    double zeroPoint = Math.rint(limits.minimum() - minimum / scale);
    return QuantizationParameters.perTensor(
        scale, (int) Math.min(zeroPoint, limits.maximum())); // the cast cannot go below
  }

  @Override
  public QuantizationParameters parameters(List<ValueRange> ranges, QuantizationSpec spec) {
    float smallest = Float.POSITIVE_INFINITY;
    for (ValueRange range : ranges) {
      if (range.absoluteMaximum() > 0) {
        smallest = Math.min(smallest, parameters(range, spec).scale(0));
      }
    }
    float spare = Float.isFinite(smallest) ? smallest : 1f;
    return QuantizationParameters.gather(
        spec.granularity(),
        ranges.stream().map(range -> parametersOr(spare, range, spec)).toList());
  }

  private QuantizationParameters parametersOr(
      float spare, ValueRange range, QuantizationSpec spec) {
    QuantizationParameters parameters = parameters(range, spec);
    return range.absoluteMaximum() > 0
        ? parameters
        : QuantizationParameters.perTensor(spare, parameters.zeroPoint(0));
  }

  private static float normal(float scale) {
    return Math.max(scale, Float.MIN_NORMAL);
  }
}
