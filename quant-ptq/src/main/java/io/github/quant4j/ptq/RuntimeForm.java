/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.half.WidenQuantizers;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.QuantizationManifest;

/**
 * A quantized model and settings with which ONNX Runtime gets its numbers right.
 *
 * <p>A model that says nothing of mode S is run as it is. One of mode S is not, for two faults of
 * ONNX Runtime on the CPU, both in 1.29: its QuantizeLinear drops the fraction of float16 where it
 * should round, so it reads float32, see {@link WidenQuantizers}; and its optimization
 * WeightBiasQuantization computes the scale of a bias in float16, where it has next to no digits,
 * so that is left out.
 *
 * @param model the model to run
 * @param settings how to run it
 * @param isStronglyTyped whether the model is of mode S
 */
record RuntimeForm(OnnxModel model, SessionSettings settings, boolean isStronglyTyped) {
  private static final String FAULTY_OPTIMIZER = "WeightBiasQuantization";

  /** Returns the form of a model, which is not changed. */
  static RuntimeForm of(OnnxModel quantized, SessionSettings settings) {
    boolean isStronglyTyped =
        QuantizationManifest.of(quantized)
            .filter(manifest -> manifest.mode() == BuildMode.STRONGLY_TYPED)
            .isPresent();
    if (!isStronglyTyped) {
      return new RuntimeForm(quantized, settings, false);
    }
    OnnxModel widened = quantized.copy();
    new WidenQuantizers().run(widened);
    return new RuntimeForm(widened, settings.withDisabledOptimizers(FAULTY_OPTIMIZER), true);
  }
}
