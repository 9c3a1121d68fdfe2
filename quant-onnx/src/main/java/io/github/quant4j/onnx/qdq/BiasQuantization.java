/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * One bias rounded to units of input scale times weight scale.
 *
 * @param edge where the bias is read
 * @param inputTensor the activation whose pair gives the input scale
 * @param weightTensor the quantized weight that gives the other factor
 */
public record BiasQuantization(Edge edge, String inputTensor, String weightTensor) {}
