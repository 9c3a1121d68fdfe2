/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * A float model in the two forms that are compared: normalised, as it is run when nothing is
 * observed, and the same with what the default plan wants observed among its outputs.
 *
 * @param plainModel the bytes of the one
 * @param observationModel the bytes of the other
 * @param observationPoints the names of the observed tensors
 */
record CostSubject(byte[] plainModel, byte[] observationModel, Set<String> observationPoints) {

  static CostSubject read(Path file) throws IOException {
    OnnxModel model = OnnxModel.read(file);
    PassPipeline.normalization().run(model);
    byte[] plainModel = model.toByteArray();
    Set<String> points = QdqPlanner.create().plan(model).observationPoints();
    ExposeObservationPoints.of(points).run(model);
    return new CostSubject(plainModel, model.toByteArray(), points);
  }
}
