/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.OptimizationLevel;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.repair.RepairedModel;
import io.github.quant4j.ptq.RepairComparison.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the forms of a model under repair side by side.
 *
 * <p>Baseline and repaired model are run as they are written, without graph optimizations: those
 * fuse pairs into integer kernels, which round at other places, so that two models that compute the
 * same would differ. Source and float model are run as a service would run them.
 */
final class RepairTrial {
  private static final Logger LOGGER = LoggerFactory.getLogger(RepairTrial.class);

  /** Runs without optimizations are slow, and a mistake shows on the first samples. */
  private static final long BASELINE_SAMPLE_COUNT = 64;

  private final OnnxModel source;
  private final RepairedModel repaired;
  private final @Nullable OnnxModel floatModel;
  private final SessionSettings settings;

  RepairTrial(
      OnnxModel source,
      RepairedModel repaired,
      @Nullable OnnxModel floatModel,
      SessionSettings settings) {
    this.source = source;
    this.repaired = repaired;
    this.floatModel = floatModel;
    this.settings = settings;
  }

  /** Runs all that can be run. */
  RepairVerification run(
      CalibrationSource samples, @Nullable CalibrationSource references, boolean isSynthetic)
      throws IOException {
    List<RepairComparison> comparisons = new ArrayList<>();
    long count = compareWithBaseline(samples, comparisons);
    if (floatModel == null && references == null) {
      requireLoadable();
    } else {
      samples.rewind();
      count = compareWithGiven(samples, references, comparisons);
    }
    return new RepairVerification(count, isSynthetic, comparisons);
  }

  /** Runs baseline and repaired model on the first samples, and returns how many these were. */
  private long compareWithBaseline(CalibrationSource samples, List<RepairComparison> comparisons)
      throws IOException {
    SessionSettings plain = settings.withOptimization(OptimizationLevel.NONE);
    try (OpenModel baseline = OpenModel.of(repaired.baseline(), plain);
        OpenModel mended = OpenModel.of(repaired.model(), plain)) {
      OutputErrors errors =
          new OutputErrors(Subject.REPAIRED, Subject.BASELINE, mended.floatOutputs());
      long count = 0;
      while (count < BASELINE_SAMPLE_COUNT) {
        Optional<TensorBatch> batch = samples.next();
        if (batch.isEmpty()) {
          break;
        }
        errors.add(baseline.run(batch.get()), mended.run(batch.get()));
        count += batch.get().sampleCount();
      }
      if (count > 0) {
        comparisons.add(errors.comparison());
      }
      return count;
    }
  }

  /** Makes sure that ONNX Runtime takes the repaired model with its optimizations too. */
  private void requireLoadable() throws IOException {
    OpenModel.of(repaired.model(), settings).close();
  }

  /**
   * Runs source and repaired model on all samples and compares them with the float model and the
   * reference outputs, as far as given. Returns how many samples these were.
   */
  private long compareWithGiven(
      CalibrationSource samples,
      @Nullable CalibrationSource references,
      List<RepairComparison> comparisons)
      throws IOException {
    try (OpenModel mended = OpenModel.of(repaired.model(), settings);
        @Nullable OpenModel raw = openSource();
        @Nullable OpenModel original =
            floatModel == null ? null : OpenModel.of(floatModel, settings)) {
      Map<List<Subject>, OutputErrors> errors = new LinkedHashMap<>();
      long count = 0;
      for (Optional<TensorBatch> next = samples.next(); next.isPresent(); next = samples.next()) {
        TensorBatch batch = next.get();
        Map<Subject, Map<String, Tensor>> outputs = new EnumMap<>(Subject.class);
        outputs.put(Subject.REPAIRED, mended.run(batch));
        if (raw != null) {
          outputs.put(Subject.SOURCE, raw.run(batch));
        }
        if (original != null) {
          outputs.put(Subject.FLOAT_MODEL, original.run(batch));
        }
        if (references != null) {
          outputs.put(Subject.REFERENCE, referenceOutputs(references, batch.sampleCount()));
        }
        compare(outputs, mended.floatOutputs(), errors);
        count += batch.sampleCount();
      }
      errors.values().forEach(found -> comparisons.add(found.comparison()));
      return count;
    }
  }

  private static void compare(
      Map<Subject, Map<String, Tensor>> outputs,
      List<String> names,
      Map<List<Subject>, OutputErrors> errors) {
    for (Subject against : List.of(Subject.FLOAT_MODEL, Subject.REFERENCE)) {
      for (Subject of : List.of(Subject.SOURCE, Subject.REPAIRED)) {
        Map<String, Tensor> expected = outputs.get(against);
        Map<String, Tensor> actual = outputs.get(of);
        if (expected != null && actual != null) {
          errors
              .computeIfAbsent(List.of(of, against), key -> new OutputErrors(of, against, names))
              .add(expected, actual);
        }
      }
    }
  }

  private @Nullable OpenModel openSource() throws IOException {
    try {
      return OpenModel.of(source, settings);
    } catch (CalibrationException e) {
      LOGGER.warn("the model as it came is left out of comparisons: {}", e.getMessage());
      return null;
    }
  }

  private static Map<String, Tensor> referenceOutputs(
      CalibrationSource references, long sampleCount) throws IOException {
    TensorBatch batch =
        references
            .next()
            .filter(found -> found.sampleCount() == sampleCount)
            .orElseThrow(
                () ->
                    new VerificationException(
                        "the reference outputs do not go with the samples: expected %s more, in a"
                                .formatted(sampleCount)
                            + " batch of the same size"));
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    batch.names().forEach(name -> outputs.put(name, batch.tensor(name).orElseThrow()));
    return outputs;
  }
}
