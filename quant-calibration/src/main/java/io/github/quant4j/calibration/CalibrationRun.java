/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The collectors and counters of one pass over a source. Not thread-safe. */
final class CalibrationRun {

  private static final Logger LOGGER = LoggerFactory.getLogger(CalibrationRun.class);

  private final InferenceSession session;
  private final Set<String> observedInputs;
  private final Set<String> observedOutputs;
  private final CalibrationListener listener;
  private final Map<String, TensorCollector> collectors = new LinkedHashMap<>();
  private final long start = System.nanoTime();
  private long batchCount;
  private long sampleCount;

  CalibrationRun(
      InferenceSession session,
      Set<String> observedInputs,
      Set<String> observedOutputs,
      Supplier<TensorCollector> collecting,
      CalibrationListener listener) {
    this.session = session;
    this.observedInputs = observedInputs;
    this.observedOutputs = observedOutputs;
    this.listener = listener;
    observedInputs.forEach(tensor -> collectors.put(tensor, collecting.get()));
    observedOutputs.forEach(tensor -> collectors.put(tensor, collecting.get()));
  }

  CalibrationTable run(CalibrationSource source) throws IOException {
    OptionalLong expectedSampleCount = source.sampleCount();
    for (Optional<TensorBatch> batch = source.next(); batch.isPresent(); batch = source.next()) {
      if (batch.get().sampleCount() > 0) {
        observe(batch.get());
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        listener.batchObserved(
            new CalibrationProgress(batchCount, sampleCount, expectedSampleCount, elapsed));
      }
    }
    if (sampleCount == 0) {
      throw new CalibrationException(
          "the calibration source holds no sample, expected at least one; a few hundred are usual");
    }
    LOGGER.debug("observed {} tensors on {} samples", collectors.size(), sampleCount);
    return table();
  }

  private void observe(TensorBatch batch) {
    session.requireFit(batch);
    requireFinite(batch);
    batchCount++;
    for (String input : observedInputs) {
      observe(input, batch.tensor(input).orElseThrow());
    }
    if (!observedOutputs.isEmpty()) {
      session.run(batch, observedOutputs, this::observe);
    }
    sampleCount += batch.sampleCount();
  }

  private void observe(String name, Tensor tensor) {
    TensorCollector collector = requireNonNull(collectors.get(name), name);
    collector.observe(tensor.floats());
    if (collector.nonFiniteCount() > 0) {
      throw new CalibrationException(
          "tensor '%s' holds %s NaN or infinite values in batch %s, expected finite ones; %s"
              .formatted(
                  name,
                  collector.nonFiniteCount(),
                  batchCount,
                  "check that the samples are prepared as the model expects"));
    }
  }

  private void requireFinite(TensorBatch batch) {
    for (String name : batch.names()) {
      Tensor tensor = batch.tensor(name).orElseThrow();
      OptionalLong index = NonFiniteSearch.first(tensor);
      if (index.isPresent()) {
        long sampleSize = tensor.shape().elementCount() / batch.sampleCount();
        throw new CalibrationException(
            "input '%s' holds a NaN or infinite value in sample %s at index %s, %s"
                .formatted(
                    name,
                    sampleCount + index.getAsLong() / sampleSize,
                    indexWithinSample(tensor.shape().toArray(), index.getAsLong() % sampleSize),
                    "counted from 0, expected finite ones; remove or mend the sample"));
      }
    }
  }

  private static String indexWithinSample(long[] dimensions, long element) {
    long[] index = new long[dimensions.length - 1];
    long left = element;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = left % dimensions[axis + 1];
      left /= dimensions[axis + 1];
    }
    return Arrays.toString(index);
  }

  private CalibrationTable table() {
    CalibrationTable.Builder table = CalibrationTable.builder().sampleCount(sampleCount);
    collectors.forEach(
        (tensor, collector) ->
            collector
                .calibration()
                .ifPresentOrElse(
                    calibration -> table.put(tensor, calibration),
                    () ->
                        LOGGER.warn(
                            "tensor '{}' had no element in any batch, it is left out", tensor)));
    return table.build();
  }
}
