/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationListener;
import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import io.github.quant4j.onnx.qdq.InsertQuantizeDequantize;
import io.github.quant4j.onnx.qdq.NodeSelector;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.Target;
import java.io.IOException;
import java.util.Objects;

/**
 * Turns a float32 ONNX model and sample inputs into an INT8 model.
 *
 * <p>The model is normalised and planned on a copy, the samples are run through it in ONNX Runtime
 * while the ranges of the tensors the plan names are observed, and QuantizeLinear/DequantizeLinear
 * pairs are inserted: activations per tensor by their minimum and maximum, weights per channel,
 * everything symmetric int8 with zero point 0.
 *
 * <p>Time is that of running the samples once; memory that of the session and one batch, whatever
 * the number of samples. A model that keeps its tensors in other files, or is larger than 1.5 GiB,
 * is run from a copy in the temporary folder of the system, deleted at the end. The same model,
 * samples and options give the same bytes. Immutable and thread-safe: options return changed
 * copies.
 */
public final class PostTrainingQuantization {
  private final OnnxModel model;
  private final Target target;
  private final NodeSelector excluded;
  private final int threadCount;
  private final CalibrationListener listener;

  private PostTrainingQuantization(
      OnnxModel model,
      Target target,
      NodeSelector excluded,
      int threadCount,
      CalibrationListener listener) {
    this.model = model;
    this.target = target;
    this.excluded = excluded;
    this.threadCount = threadCount;
    this.listener = listener;
  }

  /**
   * Returns the quantization of a model for {@link Target#TENSORRT}.
   *
   * @param model a float32 model; not changed
   * @return the quantization, ready to run
   */
  public static PostTrainingQuantization of(OnnxModel model) {
    return new PostTrainingQuantization(
        Objects.requireNonNull(model, "model").copy(),
        Target.TENSORRT,
        NodeSelector.none(),
        0,
        progress -> {});
  }

  /**
   * Returns a copy for another runtime.
   *
   * @param runtime the runtime; TensorRT when not said
   * @return the copy
   */
  public PostTrainingQuantization target(Target runtime) {
    return new PostTrainingQuantization(model, runtime, excluded, threadCount, listener);
  }

  /**
   * Returns a copy that leaves some nodes float.
   *
   * @param nodes the nodes; none when not said
   * @return the copy
   */
  public PostTrainingQuantization exclude(NodeSelector nodes) {
    return new PostTrainingQuantization(model, target, nodes, threadCount, listener);
  }

  /**
   * Returns a copy with another number of threads for running the samples.
   *
   * @param threads the number of threads, or 0 for the runtime's choice, as when not said
   * @return the copy
   */
  public PostTrainingQuantization threadCount(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must be at least 0, was " + threads);
    }
    return new PostTrainingQuantization(model, target, excluded, threads, listener);
  }

  /**
   * Returns a copy that reports after each batch of samples.
   *
   * @param progressListener called on the thread that runs the quantization
   * @return the copy
   */
  public PostTrainingQuantization listener(CalibrationListener progressListener) {
    return new PostTrainingQuantization(model, target, excluded, threadCount, progressListener);
  }

  /**
   * Plans, calibrates and rewrites. A model in which the plan quantizes nothing comes back as it
   * is, and no sample is read.
   *
   * @param samples sample inputs, read to their end; not closed
   * @return the INT8 model with the plan and the ranges it was made from
   * @throws IOException if the source fails to read
   * @throws io.github.quant4j.onnx.OnnxException if the model cannot be quantized
   * @throws io.github.quant4j.calibration.CalibrationException if the samples do not fit the model,
   *     there is none, or a value is not finite
   */
  public QuantizedModel run(CalibrationSource samples) throws IOException {
    OnnxModel normalised = model.copy();
    PassPipeline.normalization().run(normalised);
    QuantizationPlan plan =
        QdqPlanner.create().forTarget(target).withExcluded(excluded).plan(normalised);
    if (plan.activationPairs().isEmpty()) {
      return new QuantizedModel(model.copy(), plan, CalibrationTable.builder().build());
    }
    CalibrationTable table = calibrate(normalised, plan, samples);
    InsertQuantizeDequantize.of(plan, table, target).run(normalised);
    return new QuantizedModel(normalised, plan, table);
  }

  private CalibrationTable calibrate(
      OnnxModel normalised, QuantizationPlan plan, CalibrationSource samples) throws IOException {
    OnnxModel observed = normalised.copy();
    ExposeObservationPoints.of(plan.observationPoints()).run(observed);
    try (StagedModel staged = StagedModel.of(observed);
        Calibrator calibrator =
            staged
                .calibrator(plan.observationPoints())
                .threadCount(threadCount)
                .listener(listener)
                .build()) {
      return calibrator.run(samples);
    }
  }
}
