/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.calibration.TensorSignature;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A model that is ready to run, with the files it was loaded from. Not thread-safe. */
final class OpenModel implements AutoCloseable {
  private final StagedModel files;
  private final InferenceSession session;

  private OpenModel(StagedModel files, InferenceSession session) {
    this.files = files;
    this.session = session;
  }

  /** Opens a model, in the form in which ONNX Runtime gets its numbers right. */
  static OpenModel of(OnnxModel model, SessionSettings settings) throws IOException {
    RuntimeForm form = RuntimeForm.of(model, settings);
    return asWritten(form.model(), form.settings());
  }

  /** Opens a model as it is. */
  static OpenModel asWritten(OnnxModel model, SessionSettings settings) throws IOException {
    StagedModel files = StagedModel.of(model);
    try {
      return new OpenModel(files, files.open(settings));
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  Map<String, Tensor> run(TensorBatch batch) {
    return session.run(batch);
  }

  /** Runs the model with some inputs that have no axis of samples. */
  Map<String, Tensor> run(TensorBatch batch, Map<String, Tensor> parameters) {
    return session.run(batch, parameters);
  }

  List<String> floatOutputs() {
    return session.outputs().stream()
        .filter(output -> output.elementType() == ElementType.FLOAT)
        .map(TensorSignature::name)
        .toList();
  }

  @Override
  public void close() {
    session.close();
    files.close();
  }
}
