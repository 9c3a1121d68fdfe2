/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.EngineReference;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers what an engine should answer by running its model in ONNX Runtime on the CPU, in the form
 * in which {@link Verification} runs it: models of build mode S as ONNX Runtime gets them right.
 *
 * <p>A model that keeps its tensors in other files, or is larger than 1.5 GiB, is run from a copy
 * in the temporary folder of the system, deleted by {@link #close}. Owns native memory until then.
 * Used by one thread at a time.
 *
 * <pre>{@code
 * try (OnnxRuntimeReference reference = OnnxRuntimeReference.of(model)) {
 *   AnswerCheck check = AnswerCheck.against(reference, List.of(Map.of("input", tensor)));
 * }
 * }</pre>
 */
public final class OnnxRuntimeReference implements EngineReference, AutoCloseable {
  private final OpenModel model;

  private OnnxRuntimeReference(OpenModel model) {
    this.model = model;
  }

  /**
   * Loads a model.
   *
   * @param model the model; not changed
   * @return the reference, to be closed by the caller
   * @throws IOException if a copy in the temporary folder cannot be written
   * @throws io.github.quant4j.calibration.CalibrationException if ONNX Runtime refuses the model
   */
  public static OnnxRuntimeReference of(OnnxModel model) throws IOException {
    return new OnnxRuntimeReference(OpenModel.of(model, SessionSettings.defaults()));
  }

  /**
   * Runs the model.
   *
   * @param inputs input name to tensor, at least one with axes; the first axis of the first such
   *     tensor is that of samples
   * @return all outputs by name in the order of the model; they belong to the caller
   * @throws IllegalArgumentException if no input has axes
   * @throws io.github.quant4j.calibration.CalibrationException if the inputs do not fit the model,
   *     or it fails
   * @throws IllegalStateException if the reference is closed
   */
  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    long sampleCount =
        EngineInputs.batchSize(inputs)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "inputs is %s, expected one with axes".formatted(inputs)));
    Map<String, Tensor> ofSamples = new LinkedHashMap<>();
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    inputs.forEach(
        (name, tensor) -> {
          boolean isOfSamples =
              tensor.shape().rank() > 0 && tensor.shape().dimension(0) == sampleCount;
          (isOfSamples ? ofSamples : parameters).put(name, tensor);
        });
    return model.run(TensorBatch.of(ofSamples), parameters);
  }

  /** Returns the outputs that can be compared. */
  List<String> floatOutputs() {
    return model.floatOutputs();
  }

  /** Releases the model; a second call does nothing. */
  @Override
  public void close() {
    model.close();
  }
}
