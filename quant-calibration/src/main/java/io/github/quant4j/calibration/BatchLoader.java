/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads batches, checks them and counts their samples. Not thread-safe. */
final class BatchLoader {

  private final InferenceSession session;
  private final Map<String, Tensor> parameters;
  private final NonFinitePolicy policy;
  private long sampleCount;
  private long left;

  BatchLoader(InferenceSession session, Map<String, Tensor> parameters, NonFinitePolicy policy) {
    this.session = session;
    this.parameters = parameters;
    this.policy = policy;
  }

  /** Moves a source past samples that were observed before. */
  void skip(CalibrationSource source, long samples) throws IOException {
    long skipped = source.skip(samples);
    if (skipped < 0 || skipped > samples) {
      throw new CalibrationException(
          "the source passed over %s samples, expected 0 to %s; mend its method skip"
              .formatted(skipped, samples));
    }
    sampleCount = samples;
    left = samples - skipped;
  }

  /** Returns the next batch that has samples, or empty at the end. */
  Optional<TensorBatch> next(CalibrationSource source) throws IOException {
    Optional<TensorBatch> batch = source.next();
    while (batch.isPresent() && batch.get().sampleCount() <= left) {
      left -= batch.get().sampleCount();
      batch = source.next();
    }
    if (batch.isEmpty() && left > 0) {
      throw new CalibrationException(
          "the source ends %s samples before the %s that the checkpoint holds, %s"
              .formatted(
                  left,
                  sampleCount,
                  "expected the same samples; give them or delete the checkpoint"));
    }
    long dropped = left;
    left = 0;
    return dropped == 0
        ? batch
        : batch.map(whole -> whole.slice(dropped, whole.sampleCount() - dropped));
  }

  /** Copies a batch that fits the model. */
  void load(TensorBatch batch, BatchFrame frame) {
    session.requireFit(batch, parameters);
    if (policy == NonFinitePolicy.ERROR) {
      requireFinite(batch);
    }
    frame.load(batch, parameters);
    sampleCount += batch.sampleCount();
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
}
