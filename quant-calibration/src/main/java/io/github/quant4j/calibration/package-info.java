/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Streams sample data through ONNX Runtime and fills observers.
 *
 * <p>A {@link io.github.quant4j.calibration.Calibrator} runs an observation model, which is the
 * float model with the tensors of interest as further outputs, over a {@link
 * io.github.quant4j.core.source.CalibrationSource} and returns a {@link
 * io.github.quant4j.core.table.CalibrationTable}. An {@link
 * io.github.quant4j.calibration.InferenceSession} runs any model on single batches. Both use the
 * processor unless their settings name a GPU; types of ONNX Runtime stay inside.
 *
 * <pre>{@code
 * try (Calibrator calibrator = Calibrator.builder(model, List.of("x", "y")).build();
 *     CalibrationSource source = NumpySource.builder(path).batchSize(2).open()) {
 *   CalibrationTable table = calibrator.run(source);
 * }
 * }</pre>
 */
@NullMarked
package io.github.quant4j.calibration;

import org.jspecify.annotations.NullMarked;
