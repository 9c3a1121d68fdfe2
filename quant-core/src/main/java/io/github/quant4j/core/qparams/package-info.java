/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Scales and zero points, and the rules that choose them from a range.
 *
 * <p>A {@link io.github.quant4j.core.qparams.QuantizationSpec} says what codes a tensor gets; a
 * {@link io.github.quant4j.core.qparams.QuantizationProfile}, named after the system whose numbers
 * it reproduces, turns a range into {@link io.github.quant4j.core.qparams.QuantizationParameters}.
 * {@link io.github.quant4j.core.qparams.SymmetricInt8} is the short form for TensorRT.
 *
 * <pre>{@code
 * ValueRange range = new ValueRange(-1f, 3f);
 * QuantizationParameters parameters = SymmetricInt8.forActivation(range);
 * float scale = parameters.scale(0); // 3 / 127
 *
 * QuantizationParameters unsigned =
 *     QuantizationProfile.ONNXRUNTIME.parameters(range, QuantizationSpec.UINT8_ACTIVATION);
 * int zeroPoint = unsigned.zeroPoint(0); // 64
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.qparams;

import org.jspecify.annotations.NullMarked;
