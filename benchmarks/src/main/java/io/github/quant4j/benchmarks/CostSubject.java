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
 */
final class CostSubject {
  private final byte[] plainModel;
  private final byte[] observationModel;
  private final Set<String> observationPoints;

  private CostSubject(byte[] plainModel, byte[] observationModel, Set<String> observationPoints) {
    this.plainModel = plainModel;
    this.observationModel = observationModel;
    this.observationPoints = observationPoints;
  }

  static CostSubject read(Path file) throws IOException {
    OnnxModel model = OnnxModel.read(file);
    PassPipeline.normalization().run(model);
    byte[] plainModel = model.toByteArray();
    Set<String> points = QdqPlanner.create().plan(model).observationPoints();
    ExposeObservationPoints.of(points).run(model);
    return new CostSubject(plainModel, model.toByteArray(), points);
  }

  /** Returns the bytes of the normalised model; not copied. */
  byte[] plainModel() {
    return plainModel;
  }

  /** Returns the bytes of the model with more outputs; not copied. */
  byte[] observationModel() {
    return observationModel;
  }

  /** Returns the names of the observed tensors. */
  Set<String> observationPoints() {
    return observationPoints;
  }
}
