/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the engines of a comparison are run with.
 *
 * @param batchSize the number of samples in a run
 * @param source the samples to measure the accuracy on, in that order the user's test samples,
 *     those for calibration, or made-up ones; empty where no model says their shapes
 * @param first the inputs of the first run, empty likewise
 */
record ComparisonSamples(
    int batchSize, Optional<CalibrationSource> source, Map<String, Tensor> first) {

  /**
   * Chooses samples and reads the first batch of them.
   *
   * @throws VerificationException if there is none, none can be made up, or they do not fit the
   *     batch size or the labels
   */
  static ComparisonSamples of(ComparisonSettings settings) throws IOException {
    int batchSize = batchSize(settings);
    Optional<CalibrationSource> source = source(settings, batchSize);
    if (source.isEmpty()) {
      return new ComparisonSamples(batchSize, source, Map.of());
    }
    requireLabels(settings, source.get().sampleCount());
    TensorBatch first =
        FilledBatches.of(source.get(), batchSize)
            .next()
            .orElseThrow(
                () ->
                    new VerificationException(
                        "the source of test samples has none, expected at least one"));
    return new ComparisonSamples(batchSize, source, EngineInputs.of(first.copy()));
  }

  private static Optional<CalibrationSource> source(ComparisonSettings settings, int batchSize) {
    return Optional.ofNullable(settings.test)
        .or(() -> Optional.ofNullable(settings.calibration))
        .or(
            () ->
                models(settings)
                    .findFirst()
                    .map(model -> SyntheticSamples.of(model, shapes(settings, model, batchSize)))
                    .map(inputs -> CalibrationSource.of(List.of(TensorBatch.of(inputs)))));
  }

  private static Map<String, Shape> shapes(
      ComparisonSettings settings, OnnxModel model, int batchSize) {
    Map<String, Shape> opt = settings.profile == null ? Map.of() : CheckRuns.opt(settings.profile);
    return EngineInputs.shapes(model, opt, batchSize);
  }

  private static Stream<OnnxModel> models(ComparisonSettings settings) {
    return Stream.concat(
        Stream.ofNullable(settings.model),
        settings.added.stream()
            .filter(EngineCandidate.OfModel.class::isInstance)
            .map(candidate -> ((EngineCandidate.OfModel) candidate).model()));
  }

  private static int batchSize(ComparisonSettings settings) {
    OptionalLong fixed =
        models(settings).findFirst().map(EngineInputs::fixedBatchSize).orElse(OptionalLong.empty());
    long wanted = settings.batchSize > 0 ? settings.batchSize : ofProfile(settings);
    if (wanted > 0 && fixed.isPresent() && fixed.getAsLong() != wanted) {
      throw new VerificationException(
          "the batch size is %s, but the model takes %s samples at once; make its first axis dynamic, or leave the batch size away"
              .formatted(wanted, fixed.getAsLong()));
    }
    return Math.toIntExact(wanted > 0 ? wanted : fixed.orElse(1));
  }

  private static long ofProfile(ComparisonSettings settings) {
    return settings.profile == null
        ? 0
        : CheckRuns.opt(settings.profile).values().stream()
            .filter(shape -> shape.rank() > 0)
            .mapToLong(shape -> shape.dimension(0))
            .findFirst()
            .orElse(0);
  }

  private static void requireLabels(ComparisonSettings settings, OptionalLong sampleCount) {
    if (settings.labels == null) {
      return;
    }
    if (settings.model == null || settings.test == null) {
      throw new VerificationException(
          "labels were given without %s, expected both beside them"
              .formatted(settings.model == null ? "a float model" : "test samples"));
    }
    if (sampleCount.isPresent() && sampleCount.getAsLong() != settings.labels.length) {
      throw new VerificationException(
          "found %s labels for %s samples; expected a label per sample"
              .formatted(settings.labels.length, sampleCount.getAsLong()));
    }
  }
}
