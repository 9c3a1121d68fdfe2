/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineBuildException;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EnginePlan;
import io.github.quant4j.tensorrt.EngineTimer;
import io.github.quant4j.tensorrt.ExecutionSession;
import io.github.quant4j.tensorrt.Precision;
import io.github.quant4j.tensorrt.TimingCandidate;
import io.github.quant4j.tensorrt.TimingComparison;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds engines one after the other, times them in turn, and prints a line for each; what TensorRT
 * refuses is a line too. With the system property {@code quant4j.device.layers} on, also one for
 * each layer.
 */
final class DeviceRun implements AutoCloseable {

  private static final EngineTimer TIMER =
      EngineTimer.create()
          .warmUp(Duration.ofMillis(50))
          .duration(Duration.ofMillis(300))
          .transfers(false);

  private final String label;
  private final Map<String, Tensor> inputs;
  private final Map<String, Built> engines = new LinkedHashMap<>();

  /** An engine with how it answers. */
  private record Built(EnginePlan plan, Engine engine, double decibels) {}

  /**
   * Starts a run.
   *
   * @param label what lines begin with
   * @param samples what the engines are timed with
   */
  DeviceRun(String label, TensorBatch samples) {
    this.label = label;
    this.inputs = new LinkedHashMap<>();
    samples.names().forEach(name -> inputs.put(name, samples.tensor(name).orElseThrow()));
  }

  /** Answers a question: what was measured of the variants that TensorRT built, by name. */
  static Map<String, Measured> of(Question question) throws IOException {
    TensorBatch compared = question.comparedSamples();
    try (DeviceRun run = new DeviceRun(question.label(), question.samples(question.batchSize()))) {
      for (Variant variant : question.variants()) {
        Map<String, Float> ranges = variant.ranges(compared);
        OnnxModel model = variant.model(question.batchSize(), ranges);
        run.add(
            variant.name(),
            builder(model, variant.hasPairs() ? Precision.INT8 : Precision.FP16),
            Reference.output(variant.model(compared.sampleCount(), ranges), compared));
      }
      return run.measure();
    }
  }

  /** A builder of a model in memory that shares what was measured with all others on this GPU. */
  static EngineBuilder builder(OnnxModel model, Precision precision) {
    return EngineBuilder.of(model.toByteArray())
        .precision(precision)
        .timingCache(EngineBuilder.defaultTimingCache());
  }

  /** The same for a model whose types decide. */
  static EngineBuilder stronglyTyped(OnnxModel model) {
    return EngineBuilder.of(model.toByteArray())
        .stronglyTyped()
        .timingCache(EngineBuilder.defaultTimingCache());
  }

  /**
   * Builds an engine and compares its first output.
   *
   * @param expected what it should give for the first samples
   */
  void add(String name, EngineBuilder builder, Tensor expected) throws IOException {
    EnginePlan plan;
    try {
      plan = builder.build();
    } catch (EngineBuildException e) {
      print("%s refused: %s".formatted(name, e.getMessage()));
      return;
    }
    Engine engine = plan.load();
    try (ExecutionSession session = engine.newSession()) {
      Tensor answer = session.run(inputs).values().iterator().next();
      engines.put(name, new Built(plan, engine, Reference.signalToNoise(expected, answer)));
    }
  }

  /** Times what was built. */
  Map<String, Measured> measure() {
    List<TimingCandidate> candidates = new ArrayList<>();
    engines.forEach(
        (name, built) -> candidates.add(new TimingCandidate(name, built.engine(), inputs)));
    TimingComparison comparison = TIMER.compare(candidates);
    Map<String, Double> ratios = new LinkedHashMap<>();
    comparison.ratios().forEach(ratio -> ratios.put(ratio.name(), ratio.ratio()));
    Map<String, Measured> measured = new LinkedHashMap<>();
    engines.forEach(
        (name, built) ->
            measured.put(
                name,
                new Measured(
                    name,
                    built.plan(),
                    requireNonNull(comparison.reports().get(name)).compute().median(),
                    ratios.getOrDefault(name, 1.0),
                    built.decibels(),
                    built.engine().inspection())));
    measured.values().forEach(this::print);
    return measured;
  }

  @Override
  public void close() {
    engines.values().forEach(built -> built.engine().close());
  }

  private void print(Measured measured) {
    print(measured.toString());
    if (Boolean.getBoolean("quant4j.device.layers")) {
      measured.inspection().layers().forEach(layer -> print("  " + layer));
    }
  }

  private void print(String line) {
    System.out.println(label + " | " + line);
  }
}
