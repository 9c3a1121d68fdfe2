/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.quantize.QuantizationError;

/**
 * How far one tensor of the INT8 model is from the same tensor of the float model, over all
 * compared samples.
 *
 * @param name the tensor
 * @param sqnrDecibels signal to quantization noise ratio, {@code 10 log10(sum x^2 / sum (x - y)^2)}
 * @param cosineSimilarity the cosine of the angle between the two as vectors
 * @param maximumAbsoluteError the largest difference of two elements
 */
public record TensorComparison(
    String name, double sqnrDecibels, double cosineSimilarity, double maximumAbsoluteError) {

  static TensorComparison of(String name, QuantizationError error) {
    return new TensorComparison(
        name, error.sqnrDecibels(), error.cosineSimilarity(), error.maximumAbsoluteError());
  }
}
