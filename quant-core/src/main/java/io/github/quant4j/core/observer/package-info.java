/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Observers keep what quantization needs to know of values that pass by once.
 *
 * <p>An observer is an accumulator: created empty, fed by {@code observe}, merged by {@code
 * combine}. Minima, maxima and histograms do not depend on the order of the values nor on how they
 * were cut into batches, so calibration gives the same bits however it is sharded. The moving
 * averages, which do, are there to meet results of PyTorch. NaN and infinite values are counted and
 * left out, or refused by a {@link io.github.quant4j.core.observer.NonFinitePolicy}.
 *
 * <pre>{@code
 * MinMaxObserver observer = MinMaxObserver.create();
 * observer.observe(FloatBuffer.wrap(new float[] {-1f, 0.25f, 3f}));
 * ValueRange range = observer.range().orElseThrow(); // -1 to 3
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.observer;

import org.jspecify.annotations.NullMarked;
