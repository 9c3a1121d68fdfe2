/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.source.CalibrationSource;
import java.nio.file.Path;

/**
 * Lets TensorRT take the largest magnitude of every tensor as its range, before it fuses layers:
 * NVIDIA's choice for transformers.
 *
 * <p>TensorRT runs the float model on batches of one shape: that of a model with a fixed batch
 * size, else that of the first batch of the source. Other batches are cut anew. A last batch that
 * is not full is filled up with samples of the batch before it: no sample is lost, and none counts
 * more than twice; where all samples are fewer than one batch they are repeated. NaN and infinite
 * values are refused.
 *
 * <p>The source is rewound before a build if it can be, is read on the thread of TensorRT, and
 * stays open. Builds that run at the same time want a source each.
 */
public final class DatasetMinMaxCalibrator implements EngineCalibrator {

  private final CalibrationRecipe recipe;

  private DatasetMinMaxCalibrator(CalibrationRecipe recipe) {
    this.recipe = recipe;
  }

  /**
   * Returns a calibrator that calibrates in every build.
   *
   * @param source the samples, with a tensor for every input of the model
   * @return the calibrator
   */
  public static DatasetMinMaxCalibrator of(CalibrationSource source) {
    return new DatasetMinMaxCalibrator(CalibrationRecipe.of(CalibrationAlgorithm.MIN_MAX, source));
  }

  /**
   * Returns a calibrator that writes what TensorRT computed to a file, and takes it from there in
   * the next build instead of reading samples.
   *
   * <p>Beside the file, in one of the same name with {@code .model} behind, lies the digest of the
   * model. A cache of another model or calibrator ends the build; one of another major version of
   * TensorRT is replaced with a warning. A cache with no such file beside it, written by another
   * program, is taken as one of this model. The digest is of the ONNX file, without external data.
   *
   * @param source the samples, with a tensor for every input of the model
   * @param cache the file, in an existing directory
   * @return the calibrator
   */
  public static DatasetMinMaxCalibrator of(CalibrationSource source, Path cache) {
    return new DatasetMinMaxCalibrator(
        CalibrationRecipe.of(CalibrationAlgorithm.MIN_MAX, source).withCache(cache));
  }

  CalibrationRecipe recipe() {
    return recipe;
  }
}
