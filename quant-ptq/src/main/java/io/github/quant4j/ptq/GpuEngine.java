/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineTensor;
import io.github.quant4j.tensorrt.ExecutionSession;
import io.github.quant4j.tensorrt.ShapeRange;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An engine of TensorRT in a comparison.
 *
 * @param engine the engine
 * @param isOwned whether it is closed with this
 * @param session runs it
 * @param plan what is known before it runs
 */
record GpuEngine(Engine engine, boolean isOwned, ExecutionSession session, PlanFacts plan)
    implements ComparedEngine {

  /** Makes a session; closes an owned engine where that fails. */
  static GpuEngine open(Engine engine, boolean isOwned, PlanFacts plan) {
    boolean isOpen = false;
    try {
      GpuEngine opened = new GpuEngine(engine, isOwned, engine.newSession(), plan);
      isOpen = true;
      return opened;
    } finally {
      if (!isOpen && isOwned) {
        engine.close();
      }
    }
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return session.run(inputs);
  }

  @Override
  public Map<String, Tensor> madeUpInputs(int batchSize) {
    Map<String, ShapeRange> ranges = engine.profile(0).ranges();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (EngineTensor input : engine.inputs()) {
      ShapeRange range = requireNonNull(ranges.get(input.name()), input.name());
      shapes.put(input.name(), EngineInputs.shape(input, range.opt(), batchSize));
    }
    return SyntheticSamples.of(engine.inputs(), shapes);
  }

  @Override
  public void close() {
    session.close();
    if (isOwned) {
      engine.close();
    }
  }
}
