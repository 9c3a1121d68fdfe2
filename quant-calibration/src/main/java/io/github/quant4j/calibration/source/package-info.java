/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Samples from files.
 *
 * <p>{@link io.github.quant4j.calibration.source.NumpySource} streams arrays that NumPy saved,
 * batch by batch; {@link io.github.quant4j.calibration.source.TestDataSource} streams the test data
 * that come with ONNX models; {@link io.github.quant4j.calibration.source.picture.PictureSource}
 * decodes pictures ahead; {@link io.github.quant4j.calibration.source.SampleFiles} finds out what a
 * path names. {@link io.github.quant4j.calibration.source.NpyFile} reads one small array whole.
 *
 * <pre>{@code
 * try (CalibrationSource source = NumpySource.builder(Path.of("samples.npz")).open()) {
 *   Optional<TensorBatch> first = source.next(); // up to 32 samples of every array
 * }
 * }</pre>
 */
@NullMarked
package io.github.quant4j.calibration.source;

import org.jspecify.annotations.NullMarked;
