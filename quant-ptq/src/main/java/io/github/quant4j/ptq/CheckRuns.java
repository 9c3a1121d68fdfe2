/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The inputs that a new engine is run with before it is handed out.
 *
 * @param model the model
 * @param profiles the shapes that the engine is built for, empty where the model leaves none open
 */
record CheckRuns(OnnxModel model, List<ShapeProfile> profiles) {
  /** More would tell no more of a broken engine. */
  private static final int LARGEST_COUNT = 2;

  /** Returns the inputs of each run, those of the user if there are any. */
  List<Map<String, Tensor>> of(Optional<CalibrationSource> samples) throws IOException {
    return samples.isPresent() ? given(samples.get()) : madeUp();
  }

  private List<Map<String, Tensor>> given(CalibrationSource samples) throws IOException {
    OptionalLong batchSize = batchSize();
    if (samples.isRewindable()) {
      samples.rewind();
    }
    CalibrationSource batches =
        batchSize.isPresent()
            ? FilledBatches.of(samples, Math.toIntExact(batchSize.getAsLong()))
            : samples;
    List<Map<String, Tensor>> runs = new ArrayList<>();
    Optional<TensorBatch> batch = batches.next();
    while (batch.isPresent() && runs.size() < LARGEST_COUNT) {
      if (batch.get().sampleCount() > 0) {
        runs.add(EngineInputs.of(batch.get().copy()));
      }
      batch = runs.size() < LARGEST_COUNT ? batches.next() : Optional.empty();
    }
    if (runs.isEmpty()) {
      throw new VerificationException(
          "the source has no sample to check the engine with, expected at least one");
    }
    return runs;
  }

  private List<Map<String, Tensor>> madeUp() {
    List<Map<String, Tensor>> runs = new ArrayList<>();
    for (Map<String, Shape> opt :
        profiles.isEmpty() ? List.of(Map.<String, Shape>of()) : opts().toList()) {
      runs.add(SyntheticSamples.of(model, EngineInputs.shapes(model, opt, 1)));
    }
    return runs;
  }

  private OptionalLong batchSize() {
    OptionalLong fixed = EngineInputs.fixedBatchSize(model);
    return fixed.isPresent()
        ? fixed
        : opts()
            .flatMap(opt -> opt.values().stream())
            .filter(shape -> shape.rank() > 0)
            .mapToLong(shape -> shape.dimension(0))
            .findFirst();
  }

  private Stream<Map<String, Shape>> opts() {
    return profiles.stream().map(CheckRuns::opt);
  }

  /** Returns the shapes that a profile is fastest at. */
  static Map<String, Shape> opt(ShapeProfile profile) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    profile.ranges().forEach((input, range) -> shapes.put(input, range.opt()));
    return shapes;
  }
}
