/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.observer.ValueRange;

/** The rule of {@link QuantizationProfile#ONNXRUNTIME}, in double after the first difference. */
final class OnnxRuntimeRule implements ParameterRule {

  @Override
  public CodeLimits limits(QuantizationSpec spec) {
    QuantizedType type = spec.type();
    boolean isPlainSigned = type == QuantizedType.INT8 || type == QuantizedType.INT16;
    if (spec.codeRange() == CodeRange.REDUCED) {
      CodeLimits reduced = spec.limits();
      return isPlainSigned ? new CodeLimits(reduced.minimum(), -reduced.minimum()) : reduced;
    }
    return isPlainSigned && spec.isSymmetric() ? CodeRange.NARROW.limits(type) : spec.limits();
  }

  @Override
  public QuantizationParameters parameters(ValueRange range, QuantizationSpec spec) {
    CodeLimits limits = limits(spec);
    float absoluteMaximum = range.absoluteMaximum();
    float minimum = spec.isSymmetric() ? -absoluteMaximum : Math.min(range.minimum(), 0f);
    float maximum = spec.isSymmetric() ? absoluteMaximum : Math.max(range.maximum(), 0f);
    double scale = (double) (maximum - minimum) / limits.stepCount();
    if (scale < Float.MIN_NORMAL) {
      return QuantizationParameters.perTensor(1f, 0);
    }
    double zeroPoint =
        spec.isSymmetric()
            ? Math.rint(((double) limits.minimum() + limits.maximum()) / 2)
            : Math.rint(limits.minimum() - minimum / scale);
    return QuantizationParameters.perTensor((float) scale, (int) zeroPoint);
  }
}
