/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineBuildException;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EngineTimer;
import io.github.quant4j.tensorrt.TimingCandidate;
import io.github.quant4j.tensorrt.TimingRatio;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times models with TensorRT on the current GPU, through CUDA graphs and without copies.
 *
 * @param floatModel what is built in FP16
 * @param options sets what all builds have in common: profile, timing cache
 * @param timer how to time
 * @param inputs what all are run with
 */
record GpuPlacementBench(
    OnnxModel floatModel,
    UnaryOperator<EngineBuilder> options,
    EngineTimer timer,
    Map<String, Tensor> inputs)
    implements PlacementBench {
  private static final Logger LOGGER = LoggerFactory.getLogger(GpuPlacementBench.class);
  private static final String BASELINE = "float model";

  @Override
  public List<Double> ratios(List<OnnxModel> models) throws IOException {
    List<TimingCandidate> candidates = new ArrayList<>();
    try {
      candidates.add(new TimingCandidate(BASELINE, engine(floatModel), inputs));
      for (int i = 0; i < models.size(); i++) {
        addIfBuilt(candidates, Integer.toString(i), models.get(i));
      }
      Map<String, Double> ratios =
          timer.transfers(false).compare(candidates).ratios().stream()
              .collect(Collectors.toMap(TimingRatio::name, TimingRatio::ratio));
      return IntStream.range(0, models.size())
          .mapToObj(i -> ratios.getOrDefault(Integer.toString(i), Double.POSITIVE_INFINITY))
          .toList();
    } finally {
      candidates.forEach(candidate -> candidate.engine().close());
    }
  }

  private void addIfBuilt(List<TimingCandidate> candidates, String name, OnnxModel model)
      throws IOException {
    try {
      candidates.add(new TimingCandidate(name, engine(model), inputs));
    } catch (EngineBuildException e) {
      LOGGER.warn("a placement of INT8 is left out, since TensorRT cannot build it", e);
    }
  }

  /** What is timed here is not handed out; the engine of the model that is chosen is checked. */
  private Engine engine(OnnxModel model) throws IOException {
    return CheckedBuild.of(model)
        .options(GpuBench.precision(model))
        .options(options)
        .unchecked()
        .build()
        .load();
  }
}
