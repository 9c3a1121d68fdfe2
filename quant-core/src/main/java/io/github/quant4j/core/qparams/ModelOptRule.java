/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.observer.ValueRange;

/** The rule of {@link QuantizationProfile#MODELOPT}, in float32. */
final class ModelOptRule implements ParameterRule {

  @Override
  public void requireSupported(QuantizationSpec spec) {
    if (!spec.isSymmetric()) {
      throw ParameterRule.unsupported(
          QuantizationProfile.MODELOPT.name(), spec, "it knows no zero point but 0");
    }
  }

  @Override
  public QuantizationParameters parameters(ValueRange range, QuantizationSpec spec) {
    if (!spec.type().isSigned() && range.minimum() < 0) {
      throw ParameterRule.unsupported(
          QuantizationProfile.MODELOPT.name(), spec, "the range begins at " + range.minimum());
    }
    float scale = range.absoluteMaximum() / spec.quantMax();
    return QuantizationParameters.perTensor(scale == 0 ? 1f : scale, 0);
  }
}
