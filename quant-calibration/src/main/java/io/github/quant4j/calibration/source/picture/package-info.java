/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Samples from folders of pictures.
 *
 * <p>{@link io.github.quant4j.calibration.source.picture.PictureSource} decodes, scales and
 * normalizes pictures ahead of the reader. Calibration tells the truth only if pictures become
 * samples just as they do in production, so every step has the numbers of the tools that models are
 * trained with. What most ImageNet models of torchvision take:
 *
 * <pre>{@code
 * PictureSource.Builder pictures =
 *     PictureSource.builder(Path.of("pictures"))
 *         .inputName("x")
 *         .size(224, 224)
 *         .fit(PictureFit.CENTER_CROP)
 *         .shorterSide(256)
 *         .mean(0.485f, 0.456f, 0.406f)
 *         .std(0.229f, 0.224f, 0.225f)
 *         .shuffled(1)
 *         .sampleLimit(512);
 * try (CalibrationSource source = pictures.open()) {
 *   Optional<TensorBatch> first = source.next(); // x=float[32, 3, 224, 224]
 * }
 * }</pre>
 */
@NullMarked
package io.github.quant4j.calibration.source.picture;

import org.jspecify.annotations.NullMarked;
