/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.CalibrationResult;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.pass.TurnClassifiersIntoConvolutions;
import io.github.quant4j.onnx.pass.opset.LiftOpset;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.InsertQuantizeDequantize;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.shape.MultiplyAccumulates;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One quantization, or the calibration for it. Used once. */
final class QuantizationRun {
  private static final int OPSET_OF_STRONG_TYPES = 19;
  private static final Logger LOGGER = LoggerFactory.getLogger(QuantizationRun.class);

  private final OnnxModel model;
  private final QuantizationSettings settings;
  private final OnnxModel normalised;
  private final QuantizationPlan plan;

  private QuantizationRun(OnnxModel model, QuantizationSettings settings, OnnxModel normalised) {
    this.model = model;
    this.settings = settings;
    this.normalised = normalised;
    this.plan = settings.planner().plan(normalised);
  }

  /** Normalises a model, which is not changed, and plans. */
  static QuantizationRun of(OnnxModel model, QuantizationSettings settings) {
    boolean isStronglyTyped = settings.mode() == BuildMode.STRONGLY_TYPED;
    if (isStronglyTyped && settings.target() != Target.TENSORRT) {
      throw new OnnxException(
          "build mode S is one of TensorRT, found target %s; choose mode W or target %s"
              .formatted(settings.target(), Target.TENSORRT));
    }
    OnnxModel normalised = model.copy();
    PassPipeline.normalization().run(normalised);
    if (settings.hasClassifierAsConvolution() && settings.target() == Target.TENSORRT) {
      new TurnClassifiersIntoConvolutions().run(normalised);
    }
    if (isStronglyTyped) {
      LiftOpset.to(OPSET_OF_STRONG_TYPES).run(normalised);
    }
    return new QuantizationRun(model, settings, normalised);
  }

  /** Returns what is observed on the samples, with a histogram of every tensor. */
  CalibrationResult calibrate(CalibrationSource samples) throws IOException {
    return observation().run(plan, true, samples);
  }

  /** Quantizes with ranges observed on the samples, or those of the table that was given. */
  QuantizedModel quantize(CalibrationSource samples) throws IOException {
    Optional<CalibrationTable> given = settings.table().map(this::chosen);
    if (plan.activationPairs().isEmpty()) {
      return unchanged();
    }
    SampleKeeper keeper =
        new SampleKeeper(
            samples, BatchAxis.canCut(normalised), AccuracySearch.LARGEST_SAMPLE_COUNT);
    CalibrationTable table;
    if (given.isPresent()) {
      table = given.get();
      new MeasuringSamples(normalised, settings).readInto(keeper);
    } else {
      table = observation().run(plan, settings.ranges().needsHistograms(), keeper).table();
    }
    if (keeper.kept().isEmpty()) {
      throw new CalibrationException(
          "every sample holds a NaN or infinite value, expected finite ones to measure with; remove or mend them");
    }
    AccuracySearch search = AccuracySearch.of(normalised, keeper.kept());
    QuantizationPlan fitting = fitting(table);
    if (settings.accuracyTarget() > 0) {
      fitting = search.improve(settings, fitting, table);
    }
    fitting = fitting.settled(table);
    return inserted(fitting, table, search.counts(), biasShifts(fitting, table, search));
  }

  /** Quantizes with the ranges of a table and measures nothing. */
  QuantizedModel quantize(GivenTable given) {
    CalibrationTable table = chosen(given);
    if (plan.activationPairs().isEmpty()) {
      return unchanged();
    }
    MultiplyAccumulates counts =
        MultiplyAccumulates.of(normalised.graph(), ShapeInference.of(normalised.graph()));
    return inserted(fitting(table).settled(table), table, counts, Map.of());
  }

  private Observation observation() {
    return new Observation(normalised, model.digest(), settings);
  }

  private CalibrationTable chosen(GivenTable given) {
    return given.chosen(model.digest(), settings.ranges());
  }

  /** Returns the plan as far as the table has the ranges for it. */
  private QuantizationPlan fitting(CalibrationTable table) {
    SortedSet<String> missing = Observation.points(normalised, plan, settings);
    missing.removeAll(table.tensors());
    if (missing.isEmpty()) {
      return plan;
    }
    SortedSet<String> needed = new TreeSet<>(plan.observationPoints());
    needed.retainAll(missing);
    missing.removeAll(needed);
    warn(needed, "operators that need them stay float");
    warn(missing, "that float16 holds their values is taken for granted");
    return settings.planner().plan(normalised, table);
  }

  private static void warn(SortedSet<String> missing, String consequence) {
    if (!missing.isEmpty()) {
      LOGGER.warn(
          "the calibration table has no range of {} tensors, first \"{}\"; {}",
          missing.size(),
          missing.first(),
          consequence);
    }
  }

  private Map<String, float[]> biasShifts(
      QuantizationPlan settled, CalibrationTable table, AccuracySearch search) throws IOException {
    return settings.hasBiasCorrection() && settings.accuracyTarget() > 0
        ? new BiasCorrection(normalised, settled, table, settings)
            .shifts(search.samples(), search.counts())
        : Map.of();
  }

  private QuantizedModel unchanged() {
    CalibrationTable none = CalibrationTable.builder().build();
    return new QuantizedModel(model.copy(), plan, none, Optional.empty());
  }

  /** Carries out a settled plan; the normalised model becomes the result. */
  private QuantizedModel inserted(
      QuantizationPlan settled,
      CalibrationTable table,
      MultiplyAccumulates counts,
      Map<String, float[]> biasShifts) {
    boolean isQuantized =
        InsertQuantizeDequantize.of(settled, table, settings.target())
            .withWeightForm(settings.weightForm())
            .withBuildMode(settings.mode())
            .withBiasCorrection(biasShifts)
            .run(normalised);
    return new QuantizedModel(
        isQuantized ? normalised : model.copy(), settled, table, settled.int8Share(counts));
  }
}
