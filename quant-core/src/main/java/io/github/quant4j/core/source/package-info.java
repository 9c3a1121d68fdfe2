/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where the samples come from.
 *
 * <p>A {@link io.github.quant4j.core.source.CalibrationSource} hands out one {@link
 * io.github.quant4j.core.source.TensorBatch} after another, so that a data set of any size is
 * calibrated in the memory of one batch. Calibration and verification read from the same interface.
 *
 * <pre>{@code
 * Tensor images = Tensor.ofFloats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
 * CalibrationSource source = CalibrationSource.of(List.of(TensorBatch.of(Map.of("x", images))));
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.source;

import org.jspecify.annotations.NullMarked;
