/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A stream of sample batches, read once from front to back, or again after a rewind.
 *
 * <p>Open for implementation by users. An implementation hands out batches of any size, the last
 * one may be smaller, and should hold no more than one of them in memory. Every batch names the
 * same inputs. The reader uses a batch before it asks for the next one, so an implementation may
 * reuse the buffers below it. Sources are used by one thread at a time.
 */
public interface CalibrationSource extends AutoCloseable {

  /**
   * Returns a rewindable source of batches in memory.
   *
   * @param batches the batches in the order to hand out; the list is copied, the tensors are kept
   * @return the source
   */
  static CalibrationSource of(List<TensorBatch> batches) {
    return new InMemorySource(batches);
  }

  /**
   * Returns the next batch.
   *
   * @return the batch, or empty at the end; after the end it stays empty
   * @throws IOException if the samples cannot be read
   * @throws IllegalStateException if the source is closed
   */
  Optional<TensorBatch> next() throws IOException;

  /**
   * Returns whether {@link #rewind()} is supported.
   *
   * @return true if the samples can be read again
   */
  boolean isRewindable();

  /**
   * Goes back to the first batch.
   *
   * @throws IOException if the samples cannot be reached again
   * @throws UnsupportedOperationException if the source is not rewindable
   * @throws IllegalStateException if the source is closed
   */
  void rewind() throws IOException;

  /**
   * Returns the number of samples from the first batch to the last, when it is known before they
   * are read.
   *
   * @return the count, or empty
   */
  OptionalLong sampleCount();

  /**
   * Passes over samples without reading them, where the source can.
   *
   * @param sampleCount up to how many samples to pass, from 0
   * @return how many were passed, always whole samples and never more than asked; 0 where the
   *     source cannot
   * @throws IOException if the samples behind them cannot be reached
   */
  default long skip(long sampleCount) throws IOException {
    return 0;
  }

  /**
   * Releases what the source holds; a second call does nothing.
   *
   * @throws IOException if a file cannot be closed
   */
  @Override
  void close() throws IOException;
}
