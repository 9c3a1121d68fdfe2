/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Scales and zero points, and the rules that choose them from a range.
 *
 * <pre>{@code
 * QuantizationParameters parameters = SymmetricInt8.forActivation(new ValueRange(-1f, 3f));
 * float scale = parameters.scale(0); // 3 / 127
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.qparams;

import org.jspecify.annotations.NullMarked;
