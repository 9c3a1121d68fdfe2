/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * Makes the model with Q/DQ pairs of the float model of a comparison: the one place that decides
 * how.
 *
 * @param options what the user chose of the quantization
 * @param bench times where INT8 pays
 */
record ExplicitModel(UnaryOperator<PostTrainingQuantization> options, PlacementBench bench) {
  /**
   * Quantizes a model where that pays.
   *
   * @param samples calibration samples that can be rewound
   * @param batchSize what the model takes at once, where it takes one size only
   * @throws VerificationException if the plan leaves every operator float
   */
  PlacedModel of(OnnxModel floatModel, CalibrationSource samples, int batchSize)
      throws IOException {
    samples.rewind();
    // A batch that is filled up holds samples twice, so only models that want that are given some.
    CalibrationSource batches =
        EngineInputs.fixedBatchSize(floatModel).isEmpty()
            ? samples
            : FilledBatches.of(samples, batchSize);
    PlacedModel placed = PlacementSearch.of(floatModel, options, bench).run(batches);
    if (placed.trials().isEmpty()) {
      throw new VerificationException(
          "the quantization leaves every operator float, expected some in INT8; its plan says why");
    }
    return placed;
  }
}
