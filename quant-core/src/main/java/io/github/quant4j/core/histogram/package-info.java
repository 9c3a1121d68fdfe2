/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A histogram that grows with its data and still forgets the order in which they came.
 *
 * <p>Histograms with an edge at the largest value of the first batch depend on what that batch was.
 * Here every bin edge is a multiple of a power of two, so that a wider histogram is the exact sum
 * of neighbouring bins of a narrower one: any order, batch size or sharding of the same values
 * gives the same counts.
 *
 * <pre>{@code
 * StreamingHistogram histogram = StreamingHistogram.create();
 * histogram.observe(FloatBuffer.wrap(new float[] {-1f, 0.25f, 3f}));
 * HistogramSnapshot snapshot = histogram.snapshot(); // bins of width 2^-10, up to 4
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.histogram;

import org.jspecify.annotations.NullMarked;
