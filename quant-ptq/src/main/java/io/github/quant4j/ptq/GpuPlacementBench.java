/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EngineInputException;
import io.github.quant4j.tensorrt.EnginePlan;
import io.github.quant4j.tensorrt.EngineTimer;
import io.github.quant4j.tensorrt.TensorRtException;
import io.github.quant4j.tensorrt.TimingCandidate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times models with TensorRT on the current GPU, through CUDA graphs and without copies. Two
 * engines are open at a time, so that a GPU which holds the model twice is large enough. Not
 * thread-safe.
 */
final class GpuPlacementBench implements PlacementBench {
  private static final Logger LOGGER = LoggerFactory.getLogger(GpuPlacementBench.class);

  private final OnnxModel floatModel;
  private final UnaryOperator<EngineBuilder> options;
  private final EngineTimer timer;
  private final Map<String, Tensor> inputs;

  /** Of the float model in FP16, built when it is first needed. */
  private @Nullable EnginePlan baselinePlan;

  /**
   * Prepares to time.
   *
   * @param floatModel what is built in FP16
   * @param options sets what all builds have in common: profile, timing cache
   * @param timer how to time
   * @param inputs what all are run with
   */
  GpuPlacementBench(
      OnnxModel floatModel,
      UnaryOperator<EngineBuilder> options,
      EngineTimer timer,
      Map<String, Tensor> inputs) {
    this.floatModel = floatModel;
    this.options = options;
    this.timer = timer.transfers(false);
    this.inputs = inputs;
  }

  @Override
  public List<Double> ratios(List<OnnxModel> models) throws IOException {
    List<Double> ratios = new ArrayList<>();
    try (Engine baseline = baseline()) {
      for (OnnxModel model : models) {
        ratios.add(ratio(baseline, model));
      }
    }
    return ratios;
  }

  private Engine baseline() throws IOException {
    EnginePlan plan = baselinePlan == null ? plan(floatModel) : baselinePlan;
    baselinePlan = plan;
    return plan.load();
  }

  private double ratio(Engine baseline, OnnxModel model) throws IOException {
    try (Engine placed = plan(model).load()) {
      List<TimingCandidate> candidates =
          List.of(
              new TimingCandidate("float model", baseline, inputs),
              new TimingCandidate("placement", placed, inputs));
      return timer.compare(candidates).ratios().get(0).ratio();
    } catch (EngineInputException e) {
      throw e;
    } catch (TensorRtException e) {
      LOGGER.warn("a placement of INT8 is left out, since TensorRT cannot build or run it", e);
      return Double.POSITIVE_INFINITY;
    }
  }

  /** What is timed here is not handed out; the engine of the model that is chosen is checked. */
  private EnginePlan plan(OnnxModel model) throws IOException {
    return CheckedBuild.of(model)
        .options(GpuBench.precision(model))
        .options(options)
        .unchecked()
        .build();
  }
}
