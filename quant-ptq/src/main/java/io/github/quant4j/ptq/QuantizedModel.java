/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.Int8Share;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@link PostTrainingQuantization} gives back.
 *
 * @param model the INT8 model
 * @param plan what was quantized and why, node by node
 * @param table the ranges the scales were made from
 * @param int8Share how much of the model's arithmetic is INT8 at the shapes of the samples, or
 *     those the model states where it was quantized without; empty where some operator's is not
 *     known, or nothing is quantized
 */
public record QuantizedModel(
    OnnxModel model, QuantizationPlan plan, CalibrationTable table, Optional<Int8Share> int8Share) {
  /**
   * Writes the INT8 model; see {@link OnnxModel#write(Path)}.
   *
   * @param file the target; an existing file is replaced
   * @return the data file written beside it, empty where all is in one file
   * @throws IOException if the file cannot be written
   */
  public Optional<Path> write(Path file) throws IOException {
    return model.write(file);
  }
}
