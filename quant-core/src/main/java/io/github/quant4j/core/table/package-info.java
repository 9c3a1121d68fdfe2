/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What calibration found, by tensor name: the value that goes from the calibrator to whoever
 * inserts scales, and its files.
 *
 * <p>{@link io.github.quant4j.core.table.CalibrationTableJson} keeps all of a table. The files of
 * TensorRT and ONNX Runtime keep less, so their conversions also return what got lost.
 *
 * <pre>{@code
 * CalibrationTable table =
 *     CalibrationTable.builder()
 *         .sampleCount(512)
 *         .put("input", new TensorStatistics(0f, 1f, 524288, 0))
 *         .build();
 * ValueRange range = table.range("input").orElseThrow();
 *
 * Conversion<TensorRtCalibrationCache> cache =
 *     TensorRtCalibrationCache.from(table, "TRT-100600-MinMaxCalibration");
 * float scale = cache.result().scale("input").orElseThrow(); // 1 / 127
 * List<String> losses = cache.losses(); // e.g. "counts of values left out (tensor 'input')"
 * }</pre>
 *
 * <p>Machines that share the samples each calibrate their part; the tables of the parts become the
 * table of the whole, bit for bit:
 *
 * <pre>{@code
 * CalibrationTable whole = CalibrationTable.merge(List.of(first, second));
 * ValueRange range = whole.range("input").orElseThrow(); // 0 to 1, of 512 samples
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.table;

import org.jspecify.annotations.NullMarked;
