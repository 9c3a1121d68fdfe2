/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Turns numbers into codes and back, and measures what that costs.
 *
 * <p>The arithmetic is that of ONNX Runtime's CPU provider bit by bit, so that weights quantized
 * here and activations quantized by the runtime agree.
 *
 * <pre>{@code
 * AffineQuantizer quantizer =
 *     AffineQuantizer.of(QuantizationParameters.perTensor(0.5f, 0), -127, 127);
 * ByteBuffer codes = ByteBuffer.allocate(3);
 * FloatBuffer values = FloatBuffer.wrap(new float[] {0.2f, 0.3f, 100f});
 * quantizer.quantize(values, Shape.of(3), codes); // 0, 1, 127
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.quantize;

import org.jspecify.annotations.NullMarked;
