/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Range selectors choose the range that quantization keeps, from a histogram of all values.
 *
 * <p>One pass over the data fills a histogram; every selector works on it afterwards, so methods
 * can be compared without running the model again. A wide range has a coarse step, a narrow one
 * clips: {@link io.github.quant4j.core.range.NoiseEstimate} says what each costs.
 *
 * <pre>{@code
 * StreamingHistogram histogram = StreamingHistogram.create();
 * histogram.observe(FloatBuffer.wrap(new float[] {-1f, 0.25f, 3f}));
 * HistogramSnapshot snapshot = histogram.snapshot();
 * ValueRange all = MinMaxSelector.create().select(snapshot); // -1 to 3
 * QuantizationNoise noise = NoiseEstimate.of(snapshot, all, QuantizationSpec.INT8_ACTIVATION);
 * double decibels = noise.sqnrDecibels(); // 50.3
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.range;

import org.jspecify.annotations.NullMarked;
