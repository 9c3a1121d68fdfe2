/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Measures the noise at the worst of several outputs: {@code max over outputs of sum((r - a)^2) /
 * sum(r^2)}, {@code r} the reference and {@code a} the actual values over all batches.
 *
 * <p>An output whose actual shape differs once, or that is missing, does not count from then on, in
 * later measurements either. Nor does one that is zero in the reference. Not thread-safe.
 */
final class OutputNoise {
  private final Map<String, QuantizationError> errors = new HashMap<>();
  private final Set<String> unlike = new HashSet<>();

  /** Begins another measurement. */
  void restart() {
    errors.clear();
  }

  /** Takes in what one batch gives; reads the tensors only. */
  void compare(Map<String, Tensor> references, Map<String, Tensor> outputs) {
    references.forEach(
        (name, reference) -> {
          Tensor actual = outputs.get(name);
          if (actual == null || !actual.shape().equals(reference.shape())) {
            unlike.add(name);
          } else {
            errors
                .computeIfAbsent(name, key -> QuantizationError.create())
                .observe(reference.floats(), actual.floats());
          }
        });
  }

  /** Returns the noise at the worst output relative to its signal, 0 where no output counts. */
  double worst() {
    errors.keySet().removeAll(unlike);
    return errors.values().stream()
        .mapToDouble(QuantizationError::sqnrDecibels)
        .filter(ratio -> ratio > Double.NEGATIVE_INFINITY)
        .map(ratio -> Math.pow(10, -ratio / 10))
        .max()
        .orElse(0);
  }

  /** Returns a noise as the ratio of signal to noise. */
  static double decibels(double noise) {
    return -10 * Math.log10(noise);
  }
}
