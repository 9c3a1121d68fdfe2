/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;

/** Batches that an iterator makes, read once; of unknown number. Not thread-safe. */
final class IteratorSource implements CalibrationSource {

  private final Iterator<TensorBatch> batches;
  private final Runnable closing;
  private long batchCount;
  private boolean isClosed;

  IteratorSource(Iterator<TensorBatch> batches, Runnable closing) {
    this.batches = requireNonNull(batches, "batches");
    this.closing = closing;
  }

  @Override
  public Optional<TensorBatch> next() throws IOException {
    requireOpen();
    long number = batchCount + 1;
    try {
      if (!batches.hasNext()) {
        return Optional.empty();
      }
      TensorBatch batch = requireNonNull(batches.next(), "batch is null");
      batchCount = number;
      return Optional.of(batch);
    } catch (UncheckedIOException e) {
      throw requireNonNull(e.getCause(), "cause");
    } catch (RuntimeException e) {
      throw new SourceException(
          "batch %s cannot be made, expected a batch of tensors or the end: %s"
              .formatted(number, e.getMessage() == null ? e : e.getMessage()),
          number,
          null,
          e);
    }
  }

  /** Passes over none, as an iterator makes every batch that it gets past. */
  @Override
  public long skip(long sampleCount) {
    DecoratedSource.requireSampleCount(sampleCount);
    requireOpen();
    return 0;
  }

  @Override
  public boolean isRewindable() {
    return false;
  }

  @Override
  public void rewind() {
    requireOpen();
    throw new UnsupportedOperationException(
        "source is read once, expected a rewindable one; keep the batches in a list or open it anew");
  }

  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.empty();
  }

  @Override
  public void close() throws IOException {
    if (!isClosed) {
      isClosed = true;
      try {
        closing.run();
      } catch (UncheckedIOException e) {
        throw requireNonNull(e.getCause(), "cause");
      }
    }
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("source is closed");
    }
  }
}
