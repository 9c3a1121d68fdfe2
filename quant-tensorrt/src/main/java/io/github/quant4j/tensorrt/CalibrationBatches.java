/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The samples of a source in batches of one shape, as TensorRT takes them; the last one may have
 * fewer samples. One thread at a time.
 */
final class CalibrationBatches {

  private final List<EngineTensor> inputs;
  private final TensorBatch first;
  private final long batchSize;
  private final CalibrationSource batches;

  private CalibrationBatches(List<EngineTensor> inputs, TensorBatch first, CheckedSource source) {
    this.inputs = inputs;
    this.first = first;
    this.batchSize = fixedBatchSize(inputs).orElse(first.sampleCount());
    this.batches = source.batched(Math.toIntExact(batchSize));
  }

  /**
   * Reads the first batch, from which the shape follows where the model leaves it open.
   *
   * @param source stays open; rewound if it can be
   * @throws EngineCalibrationException if there is no sample, or the first do not fit
   */
  static CalibrationBatches open(CalibrationSource source, List<EngineTensor> inputs) {
    CheckedSource checked = new CheckedSource(source, inputs);
    checked.rewind();
    TensorBatch first =
        checked
            .peek()
            .orElseThrow(
                () ->
                    new EngineCalibrationException(
                        "calibration source has no samples, expected at least one; a source that is"
                            + " read once serves one build"));
    return new CalibrationBatches(inputs, first, checked);
  }

  /** How many samples a whole batch has. */
  long batchSize() {
    return batchSize;
  }

  /** The shape of every input in a whole batch. */
  Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (EngineTensor input : inputs) {
      long[] dimensions = first.tensor(input.name()).orElseThrow().shape().toArray();
      dimensions[0] = batchSize;
      shapes.put(input.name(), Shape.of(dimensions));
    }
    return shapes;
  }

  /** The size of every input in a whole batch, in bytes. */
  Map<String, Long> byteCounts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (EngineTensor input : inputs) {
      long ofFirst = first.tensor(input.name()).orElseThrow().bytes().remaining();
      counts.put(input.name(), Math.multiplyExact(ofFirst / first.sampleCount(), batchSize));
    }
    return counts;
  }

  /**
   * The next batch.
   *
   * @return a batch of {@link #batchSize} samples, fewer in the last one; empty at the end
   * @throws EngineCalibrationException if the source fails or a batch of it does not fit
   */
  Optional<TensorBatch> next() throws IOException {
    return batches.next();
  }

  private static Optional<Long> fixedBatchSize(List<EngineTensor> inputs) {
    List<Long> sizes =
        inputs.stream()
            .map(input -> input.dimensions().get(0))
            .filter(size -> size >= 0)
            .distinct()
            .toList();
    if (sizes.size() > 1 || sizes.contains(0L)) {
      throw new EngineCalibrationException(
          "inputs %s have first axes of sizes %s, expected one batch size"
              .formatted(inputs, sizes));
    }
    return sizes.stream().findFirst();
  }
}
