/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What calibration found, by tensor name: the value that goes from the calibrator to whoever
 * inserts scales.
 *
 * <pre>{@code
 * CalibrationTable table =
 *     CalibrationTable.builder()
 *         .sampleCount(512)
 *         .put("input", new TensorStatistics(0f, 1f, 524288, 0))
 *         .build();
 * ValueRange range = table.statistics("input").orElseThrow().range();
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.table;

import org.jspecify.annotations.NullMarked;
