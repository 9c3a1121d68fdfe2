/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.QuantizationManifest;
import io.github.quant4j.tensorrt.DatasetEntropyCalibrator2;
import io.github.quant4j.tensorrt.DatasetMinMaxCalibrator;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EngineCalibrator;
import io.github.quant4j.tensorrt.EnginePlan;
import io.github.quant4j.tensorrt.Precision;
import io.github.quant4j.tensorrt.TimingCandidate;
import io.github.quant4j.tensorrt.TimingComparison;
import io.github.quant4j.tensorrt.TimingRatio;
import io.github.quant4j.tensorrt.TimingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds, runs and times the engines of a comparison with TensorRT on the current GPU.
 *
 * @param settings what the user chose
 */
record GpuBench(ComparisonSettings settings) implements EngineBench {
  private static final Logger LOGGER = LoggerFactory.getLogger(GpuBench.class);

  @Override
  public ComparedEngine open(EngineCandidate candidate, ComparisonSamples samples)
      throws IOException {
    if (candidate instanceof EngineCandidate.OfKind ofKind) {
      return built(ofKind, samples);
    }
    if (candidate instanceof EngineCandidate.OfModel ofModel) {
      EnginePlan plan = build(ofModel.model(), samples, precision(ofModel.model()));
      return built(ofModel, plan, List.of());
    }
    if (candidate instanceof EngineCandidate.OfPlan ofPlan) {
      Engine engine = Engine.load(ofPlan.plan());
      return GpuEngine.open(engine, true, facts(engine, Optional.of(ofPlan.plan())));
    }
    Engine engine = ((EngineCandidate.OfEngine) candidate).engine();
    return GpuEngine.open(engine, false, facts(engine, Optional.empty()));
  }

  private static PlanFacts facts(Engine engine, Optional<Path> file) {
    return new PlanFacts(engine.byteCount(), Optional.empty(), file, List.of());
  }

  private ComparedEngine built(EngineCandidate.OfKind candidate, ComparisonSamples samples)
      throws IOException {
    return switch (candidate.kind()) {
      case FP32 -> built(candidate, samples, builder -> builder.precision(Precision.FP32));
      case FP16 -> built(candidate, samples, builder -> builder.precision(Precision.FP16));
      case INT8_MIN_MAX ->
          built(candidate, samples, calibrated(DatasetMinMaxCalibrator.of(calibration(samples))));
      case INT8_ENTROPY_2 ->
          built(candidate, samples, calibrated(DatasetEntropyCalibrator2.of(calibration(samples))));
      case INT8_EXPLICIT -> explicit(candidate, samples);
    };
  }

  private static UnaryOperator<EngineBuilder> calibrated(EngineCalibrator calibrator) {
    return builder -> builder.precision(Precision.INT8).calibrator(calibrator);
  }

  private ComparedEngine built(
      EngineCandidate candidate, ComparisonSamples samples, UnaryOperator<EngineBuilder> options)
      throws IOException {
    return built(candidate, build(settings.floatModel(), samples, options), List.of());
  }

  private ComparedEngine explicit(EngineCandidate.OfKind candidate, ComparisonSamples samples)
      throws IOException {
    PlacedModel placed = placed(samples);
    EnginePlan plan = build(placed.model(), samples, precision(placed.model()));
    List<String> notes =
        settings.folder == null
            ? placed.notes()
            : placed.keptAs(settings.folder.resolve(candidate.fileName(".onnx")));
    return built(candidate, plan, notes);
  }

  /** TensorRT calibrates with batches of the size of the first one. */
  private CalibrationSource calibration(ComparisonSamples samples) {
    return settings.calibrationSource().batched(samples.batchSize());
  }

  private PlacedModel placed(ComparisonSamples samples) throws IOException {
    OnnxModel model = settings.floatModel();
    PlacementBench bench =
        new GpuPlacementBench(
            model, builder -> common(builder, model, samples), settings.timer, samples.first());
    return new ExplicitModel(settings.quantization, bench)
        .of(model, settings.calibrationSource(), samples.batchSize());
  }

  /** Returns how a model is built: as its Q/DQ pairs and types say, or in FP16. */
  static UnaryOperator<EngineBuilder> precision(OnnxModel model) {
    boolean isStronglyTyped =
        QuantizationManifest.of(model)
            .filter(manifest -> manifest.mode() == BuildMode.STRONGLY_TYPED)
            .isPresent();
    if (isStronglyTyped) {
      return EngineBuilder::stronglyTyped;
    }
    Precision precision = model.firstQuantizedNode().isPresent() ? Precision.INT8 : Precision.FP16;
    return builder -> builder.precision(precision);
  }

  private EnginePlan build(
      OnnxModel model, ComparisonSamples samples, UnaryOperator<EngineBuilder> precision)
      throws IOException {
    return CheckedBuild.of(model)
        .options(precision)
        .options(builder -> common(builder, model, samples))
        .samples(CalibrationSource.of(List.of(TensorBatch.of(samples.first()))))
        .build();
  }

  private EngineBuilder common(EngineBuilder builder, OnnxModel model, ComparisonSamples samples) {
    EngineBuilder changed = settings.engine.apply(builder);
    return Optional.ofNullable(settings.profile)
        .or(() -> EngineInputs.profile(model, samples.first()))
        .map(changed::profile)
        .orElse(changed);
  }

  private ComparedEngine built(EngineCandidate candidate, EnginePlan plan, List<String> notes)
      throws IOException {
    LOGGER.debug("built \"{}\" in {}: {}", candidate.name(), plan.buildTime(), plan.options());
    Optional<Path> file = Optional.empty();
    if (settings.folder != null) {
      Files.createDirectories(settings.folder);
      file = Optional.of(settings.folder.resolve(candidate.fileName(EngineCandidate.PLAN)));
      plan.write(file.get());
    }
    PlanFacts facts = new PlanFacts(plan.byteCount(), Optional.of(plan.buildTime()), file, notes);
    return GpuEngine.open(plan.load(), true, facts);
  }

  @Override
  public Map<String, EngineSpeed> time(
      Map<String, ComparedEngine> engines, Map<String, Tensor> inputs) {
    List<TimingCandidate> candidates = new ArrayList<>();
    engines.forEach(
        (name, engine) ->
            candidates.add(new TimingCandidate(name, ((GpuEngine) engine).engine(), inputs)));
    TimingComparison comparison = settings.timer.transfers(false).compare(candidates);
    Map<String, TimingRatio> ratios = new LinkedHashMap<>();
    comparison.ratios().forEach(ratio -> ratios.put(ratio.name(), ratio));
    Map<String, EngineSpeed> speeds = new LinkedHashMap<>();
    comparison
        .reports()
        .forEach(
            (name, report) ->
                speeds.put(name, speed(report, Optional.ofNullable(ratios.get(name)))));
    return speeds;
  }

  private static EngineSpeed speed(TimingReport report, Optional<TimingRatio> ratio) {
    return new EngineSpeed(
        report.compute().median(), report.throughput(), ratio, report.warnings());
  }
}
