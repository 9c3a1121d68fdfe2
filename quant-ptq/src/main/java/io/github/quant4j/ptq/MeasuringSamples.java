/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Samples that no range is observed on, since a table has them all: no more of them are read than
 * are kept to measure with.
 *
 * @param model the normalised model
 * @param settings how to run it, and whether anything is measured
 */
record MeasuringSamples(OnnxModel model, QuantizationSettings settings) {
  /**
   * Reads what is kept; the same as if all were read.
   *
   * @throws CalibrationException if there is no sample, the first batch does not fit the model, or
   *     a value is not finite
   */
  void readInto(SampleKeeper keeper) throws IOException {
    boolean isMeasured = settings.accuracyTarget() > 0;
    boolean isFirst = true;
    for (Optional<TensorBatch> next = keeper.next();
        next.isPresent();
        next = !keeper.isFull() && (isMeasured || isFirst) ? keeper.next() : Optional.empty()) {
      if (isFirst && next.get().sampleCount() > 0) {
        requireFit(next.get());
        isFirst = false;
      }
      requireFinite(next.get());
    }
    if (isFirst) {
      throw new CalibrationException(
          "the source holds no sample to measure on, expected at least one; with a table, quantize without samples to measure nothing");
    }
  }

  private void requireFit(TensorBatch batch) throws IOException {
    try (OpenModel open = OpenModel.asWritten(model, settings.session())) {
      open.run(batch);
    }
  }

  private static void requireFinite(TensorBatch batch) {
    for (String name : batch.names()) {
      Tensor tensor = batch.tensor(name).orElseThrow();
      if (tensor.elementType() == ElementType.FLOAT && !isFinite(tensor.floats())) {
        throw new CalibrationException(
            "input '%s' holds a NaN or infinite value, expected finite ones; remove or mend the sample"
                .formatted(name));
      }
    }
  }

  private static boolean isFinite(FloatBuffer values) {
    for (int i = values.position(); i < values.limit(); i++) {
      if (!Float.isFinite(values.get(i))) {
        return false;
      }
    }
    return true;
  }
}
