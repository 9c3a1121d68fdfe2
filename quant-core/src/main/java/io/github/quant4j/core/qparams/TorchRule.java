/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.observer.ValueRange;

/** The rule of {@link QuantizationProfile#TORCH}, in float32 throughout. */
final class TorchRule implements ParameterRule {

  private static final float EPSILON = 0x1p-23f; // torch.finfo(torch.float32).eps

  @Override
  public void requireSupported(QuantizationSpec spec) {
    if (spec.isSymmetric()
        && spec.type() == QuantizedType.UINT16
        && spec.codeRange() == CodeRange.REDUCED) {
      throw ParameterRule.unsupported(
          QuantizationProfile.TORCH.name(), spec, "its zero point 32768 is no code");
    }
  }

  @Override
  public QuantizationParameters parameters(ValueRange range, QuantizationSpec spec) {
    CodeLimits limits = spec.limits();
    if (spec.isSymmetric()) {
      float halfSteps = (float) (limits.stepCount() / 2.0);
      float scale = Math.max(range.absoluteMaximum() / halfSteps, EPSILON);
      return QuantizationParameters.perTensor(scale, symmetricZeroPoint(spec, limits));
    }
    float minimum = Math.min(range.minimum(), 0f);
    float width = Math.max(range.maximum(), 0f) - minimum;
    float scale = Math.max(width / limits.stepCount(), EPSILON);
    double zeroPoint = limits.minimum() - Math.rint(minimum / scale);
    return QuantizationParameters.perTensor(
        scale, (int) Math.max(limits.minimum(), Math.min(limits.maximum(), zeroPoint)));
  }

  private static int symmetricZeroPoint(QuantizationSpec spec, CodeLimits limits) {
    if (spec.type() == QuantizedType.UINT8) {
      return spec.codeRange() == CodeRange.REDUCED ? limits.maximum() / 2 : 128;
    }
    return spec.type() == QuantizedType.UINT16 ? 32768 : 0;
  }
}
