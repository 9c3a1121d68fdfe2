/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The samples of a source in batches of exactly one size, as a model of fixed shape takes them: the
 * last one is filled up with its own samples again. Holds one batch, and leaves the source open.
 * Not thread-safe.
 */
final class FilledBatches implements CalibrationSource {
  private final CalibrationSource batches;
  private final int batchSize;
  private long filledFrom;

  private FilledBatches(CalibrationSource batches, int batchSize) {
    this.batches = batches;
    this.batchSize = batchSize;
  }

  /** Cuts a source anew, from its first sample on if it can be rewound. */
  static FilledBatches of(CalibrationSource source, int batchSize) throws IOException {
    FilledBatches batches = new FilledBatches(source.batched(batchSize), batchSize);
    if (source.isRewindable()) {
      batches.rewind();
    }
    return batches;
  }

  /** Returns how many samples of the last batch that was handed out are no repetition. */
  long sampleCountOfBatch() {
    return filledFrom;
  }

  @Override
  public Optional<TensorBatch> next() throws IOException {
    Optional<TensorBatch> batch = batches.next();
    filledFrom = batch.map(TensorBatch::sampleCount).orElse(0L);
    return batch.isPresent() && filledFrom < batchSize ? filled(batch.get()) : batch;
  }

  private Optional<TensorBatch> filled(TensorBatch batch) throws IOException {
    int copies = Math.toIntExact((batchSize + filledFrom - 1) / filledFrom);
    return CalibrationSource.of(Collections.nCopies(copies, batch)).batched(batchSize).next();
  }

  @Override
  public boolean isRewindable() {
    return batches.isRewindable();
  }

  @Override
  public void rewind() throws IOException {
    batches.rewind();
    filledFrom = 0;
  }

  /** Not known: repetitions are handed out as samples. */
  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.empty();
  }

  /** Does nothing: the source is the user's. */
  @Override
  public void close() {
    // See above.
  }
}
