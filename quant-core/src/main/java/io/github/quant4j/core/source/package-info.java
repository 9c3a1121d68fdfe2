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
 *
 * <p>Batches made as they are asked for come from an iterator or a stream. Sources are cut, drawn
 * from and shuffled in any order, always the same for the same seed:
 *
 * <pre>{@code
 * Stream<Map<String, Tensor>> ones =
 *     Stream.generate(() -> Map.of("x", Tensor.ofFloats(Shape.of(1, 3), 1, 1, 1)));
 * CalibrationSource endless = CalibrationSource.of(ones);
 * CalibrationSource batches = endless.limited(1000).shuffled(100, 42).batched(32);
 * TensorBatch batch = batches.next().orElseThrow(); // {x=float[32, 3]}
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.source;

import org.jspecify.annotations.NullMarked;
