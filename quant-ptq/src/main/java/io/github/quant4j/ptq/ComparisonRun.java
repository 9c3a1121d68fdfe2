/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One comparison: builds all engines, then measures the accuracy of all in one reading of the
 * samples, then times all in turn. An engine that fails is closed and its row says why. Used once.
 */
final class ComparisonRun implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ComparisonRun.class);

  private final ComparisonSettings settings;
  private final EngineBench bench;
  private final List<EngineCandidate> candidates = new ArrayList<>();
  private final ComparisonRows rows;
  private final Map<String, ComparedEngine> engines = new LinkedHashMap<>();

  /**
   * Prepares a comparison.
   *
   * @throws IllegalArgumentException if there is nothing to compare, or two engines have one name
   * @throws VerificationException if two would be kept in one file
   */
  ComparisonRun(ComparisonSettings settings, EngineBench bench) {
    this.settings = settings;
    this.bench = bench;
    settings.wantedKinds().forEach(kind -> candidates.add(new EngineCandidate.OfKind(kind)));
    candidates.addAll(settings.added);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("nothing to compare; choose kinds, or add engines");
    }
    this.rows = new ComparisonRows(candidates, settings.listener);
    if (settings.folder != null) {
      requireFilesOfTheirOwn();
    }
  }

  private void requireFilesOfTheirOwn() {
    Map<String, String> names = new LinkedHashMap<>();
    for (EngineCandidate candidate :
        candidates.stream().filter(EngineCandidate::isBuilt).toList()) {
      String file = candidate.fileName(EngineCandidate.PLAN);
      String other = names.put(file, candidate.name());
      if (other != null) {
        throw new VerificationException(
            "engines '%s' and '%s' would both be kept in '%s', expected names with other letters or digits"
                .formatted(other, candidate.name(), file));
      }
    }
  }

  EngineComparisonReport run(ComparisonEnvironment environment) throws IOException {
    ComparisonSamples samples = ComparisonSamples.of(settings);
    OnnxModel model = settings.model;
    if (model == null) {
      openAll(samples);
    } else {
      openAndMeasure(model, samples);
    }
    Map<String, Tensor> inputs =
        samples.source().isPresent() ? samples.first() : inputsOfEngines(samples.batchSize());
    time(inputs);
    return new EngineComparisonReport(
        environment,
        EngineInputs.batchSize(inputs).orElse(samples.batchSize()),
        rows.list(),
        settings.rule.choose(rows.list()));
  }

  private void openAndMeasure(OnnxModel model, ComparisonSamples samples) throws IOException {
    try (OnnxRuntimeReference reference = OnnxRuntimeReference.of(model)) {
      List<String> outputs = reference.floatOutputs();
      if (outputs.isEmpty() && settings.labels == null) {
        LOGGER.warn("the model has no float output, so nothing tells how right engines are");
        openAll(samples);
        return;
      }
      AccuracyPass pass = new AccuracyPass(reference, outputs, settings.labels);
      pass.verify(samples.first(), samples.batchSize());
      openAll(samples);
      measureAccuracy(pass, samples);
    }
  }

  private void openAll(ComparisonSamples samples) {
    for (EngineCandidate candidate : candidates) {
      String name = candidate.name();
      try {
        ComparedEngine engine = bench.open(candidate, samples);
        engines.put(name, engine);
        rows.measured(name, figures -> figures.with(engine.plan()));
      } catch (IOException | RuntimeException e) {
        rows.failed(name, e);
      }
    }
  }

  private void measureAccuracy(AccuracyPass pass, ComparisonSamples samples) throws IOException {
    pass.run(
            new LinkedHashMap<>(engines),
            FilledBatches.of(samples.source().orElseThrow(), samples.batchSize()),
            this::dropped)
        .forEach((name, accuracy) -> rows.measured(name, figures -> figures.with(accuracy)));
  }

  private void time(Map<String, Tensor> inputs) {
    // An engine that cannot run these would end the timing of all.
    for (Map.Entry<String, ComparedEngine> entry : List.copyOf(engines.entrySet())) {
      attempt(entry.getKey(), () -> entry.getValue().run(inputs));
    }
    if (engines.isEmpty()) {
      return;
    }
    Map<String, ComparedEngine> inOrder = new LinkedHashMap<>();
    String baseline = ComparisonRows.baseline(engines.keySet());
    inOrder.put(baseline, requireNonNull(engines.get(baseline), baseline));
    engines.forEach(inOrder::putIfAbsent);
    try {
      bench
          .time(inOrder, inputs)
          .forEach((name, speed) -> rows.measured(name, figures -> figures.with(speed)));
    } catch (RuntimeException e) {
      inOrder.keySet().forEach(name -> dropped(name, e));
    }
  }

  private Map<String, Tensor> inputsOfEngines(int batchSize) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, ComparedEngine> entry : List.copyOf(engines.entrySet())) {
      if (inputs.isEmpty()) {
        attempt(entry.getKey(), () -> inputs.putAll(entry.getValue().madeUpInputs(batchSize)));
      }
    }
    return inputs;
  }

  private void attempt(String name, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      dropped(name, e);
    }
  }

  private void dropped(String name, RuntimeException failure) {
    rows.failed(name, failure);
    ComparedEngine engine = engines.remove(name);
    if (engine != null) {
      engine.close();
    }
  }

  /** Closes the engines that are still open. */
  @Override
  public void close() {
    engines.values().forEach(ComparedEngine::close);
    engines.clear();
  }
}
