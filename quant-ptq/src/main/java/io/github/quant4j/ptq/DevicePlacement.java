/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EngineTimer;
import io.github.quant4j.tensorrt.TensorRt;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Quantizes a model for the current GPU, leaving float what is no faster in INT8 there (rule P53).
 *
 * <pre>{@code
 * PlacedModel placed =
 *     DevicePlacement.of(floatModel)
 *         .engine(builder -> builder.profile(profile))
 *         .run(samples);
 * placed.model().write(Path.of("model_int8.onnx"));
 * }</pre>
 *
 * <p>Whether INT8 pays is not to be seen in a graph: convolutional networks gain by half, while a
 * small transformer loses a fifth, since between its normalizations every product has to be
 * quantized anew. So it is timed: the model as planned against the float model in FP16, and only
 * where that gains less than 2 % every kind of INT8 region alone. What gains stays INT8; where that
 * is nothing, so does nothing.
 *
 * <p>A classifier behind a global average pool becomes a convolution, see {@link
 * PostTrainingQuantization#classifierAsConvolution}.
 *
 * <p>Costs two builds of an engine, and where INT8 does not pay up to ten more: share a timing
 * cache. Immutable; options return changed copies. Nothing else should use the GPU meanwhile.
 */
public final class DevicePlacement {
  private final OnnxModel model;
  private final UnaryOperator<PostTrainingQuantization> quantization;
  private final UnaryOperator<EngineBuilder> engine;
  private final EngineTimer timer;

  private DevicePlacement(
      OnnxModel model,
      UnaryOperator<PostTrainingQuantization> quantization,
      UnaryOperator<EngineBuilder> engine,
      EngineTimer timer) {
    this.model = model;
    this.quantization = quantization;
    this.engine = engine;
    this.timer = timer;
  }

  /**
   * Returns the placement of a model.
   *
   * @param model a float32 model; not changed
   * @return the placement, with default options
   */
  public static DevicePlacement of(OnnxModel model) {
    return new DevicePlacement(
        model.copy(), UnaryOperator.identity(), UnaryOperator.identity(), EngineTimer.create());
  }

  /**
   * Sets options of the quantization.
   *
   * @param change sets options on the quantization it is given and returns it
   * @return a changed copy
   */
  public DevicePlacement quantization(UnaryOperator<PostTrainingQuantization> change) {
    return new DevicePlacement(model, requireNonNull(change, "change"), engine, timer);
  }

  /**
   * Sets what all engines that are timed have in common.
   *
   * @param change sets options on the builder it is given and returns it; a model with dynamic axes
   *     gets a profile of the shapes of the samples where none is set
   * @return a changed copy
   */
  public DevicePlacement engine(UnaryOperator<EngineBuilder> change) {
    return new DevicePlacement(model, quantization, requireNonNull(change, "change"), timer);
  }

  /**
   * Sets how engines are timed.
   *
   * @param wanted the timer, {@link EngineTimer#create} when not said
   * @return a changed copy
   */
  public DevicePlacement timer(EngineTimer wanted) {
    return new DevicePlacement(model, quantization, engine, requireNonNull(wanted, "wanted"));
  }

  /**
   * Quantizes and times.
   *
   * @param samples calibration samples, of the batch size that engines are timed with, which can be
   *     read several times; not closed
   * @return the model, and what was timed
   * @throws IOException if the source fails to read
   * @throws IllegalArgumentException if the source cannot be rewound
   * @throws VerificationException if the source is empty
   * @throws io.github.quant4j.onnx.OnnxException if the model cannot be quantized, or the target is
   *     not TensorRT
   * @throws io.github.quant4j.calibration.CalibrationException if the samples do not fit the model
   * @throws io.github.quant4j.tensorrt.EngineBuildException if TensorRT cannot build the float
   *     model
   * @throws io.github.quant4j.tensorrt.EngineInputException if the samples do not fit the profile
   * @throws io.github.quant4j.tensorrt.TensorRtUnavailableException if TensorRT cannot be used here
   */
  public PlacedModel run(CalibrationSource samples) throws IOException {
    if (!samples.isRewindable()) {
      throw new IllegalArgumentException(
          "samples are read once, expected ones that can be rewound");
    }
    TensorRt.verifyAvailable();
    TensorBatch batch =
        samples
            .next()
            .orElseThrow(
                () -> new VerificationException("there is no sample, expected one at least"));
    Map<String, Tensor> inputs = EngineInputs.of(batch.copy());
    samples.rewind();
    UnaryOperator<EngineBuilder> options =
        builder ->
            engine.apply(EngineInputs.profile(model, inputs).map(builder::profile).orElse(builder));
    PlacementBench bench = new GpuPlacementBench(model, options, timer, inputs);
    return PlacementSearch.of(model, quantization, bench).run(samples);
  }
}
