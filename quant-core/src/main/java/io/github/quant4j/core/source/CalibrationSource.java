/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A stream of sample batches, read once from front to back, or again after a rewind.
 *
 * <p>Open for implementation by users. An implementation hands out batches of any size, the last
 * one may be smaller, and should hold no more than one of them in memory. Every batch names the
 * same inputs. The reader uses a batch before it asks for the next one, so an implementation may
 * reuse the buffers below it. Sources are used by one thread at a time.
 *
 * <p>{@link #limited}, {@link #subsampled}, {@link #shuffled} and {@link #batched} return a source
 * that hands on the samples of this one, to be asked for before the first batch is read. It owns
 * this source from then on: closing it closes this one, it is rewindable if this one is, and a
 * rewind gives the same samples in the same order again. Batches without samples are left out.
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
   * Returns a source of batches that an iterator makes, read once: not rewindable, of unknown
   * sample count, with nothing to close.
   *
   * <p>An {@link java.io.UncheckedIOException} of the iterator is thrown by {@link #next()} as the
   * {@link IOException} it holds; any other runtime exception, and a batch that is null, as a
   * {@link SourceException} that names the number of the batch, with the exception as its cause.
   *
   * @param batches makes the batches in the order to hand out, each when it is asked for
   * @return the source
   */
  static CalibrationSource of(Iterator<TensorBatch> batches) {
    return new IteratorSource(batches, () -> {});
  }

  /**
   * Returns a source of the batches of a stream, read once as those of {@link #of(Iterator)}.
   * Closing the source closes the stream.
   *
   * @param batches one map for every batch, as {@link TensorBatch#of} takes it; sequential or not,
   *     handed out in the order of the stream
   * @return the source
   */
  static CalibrationSource of(Stream<Map<String, Tensor>> batches) {
    return new IteratorSource(batches.map(TensorBatch::of).iterator(), batches::close);
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
   * Passes over samples without reading them, as far as the source can: the next batch begins with
   * the sample after them. Whoever needs to be further reads and drops the rest.
   *
   * @param sampleCount how many samples to pass over at most, from 0
   * @return how many whole samples were passed over, from 0 to {@code sampleCount}; 0 at the end
   *     and, as here unless overridden, where the source can only read
   * @throws IOException if the samples cannot be reached
   * @throws IllegalArgumentException if the count is negative
   * @throws IllegalStateException if the source is closed
   */
  default long skip(long sampleCount) throws IOException {
    DecoratedSource.requireSampleCount(sampleCount);
    return 0;
  }

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
   * Returns the first samples of this source; no batch beyond them is read.
   *
   * @param sampleCount how many samples at most, from 0
   * @return a source of views of the batches of this one
   * @throws IllegalArgumentException if the count is negative
   */
  default CalibrationSource limited(long sampleCount) {
    return new LimitedSource(this, sampleCount);
  }

  /**
   * Returns the samples of this source cut anew into batches of equal size; the last one is smaller
   * when they do not divide evenly.
   *
   * <p>Samples that come to lie in one batch must have the same names, types and shapes; {@link
   * #next()} throws a {@link SourceException} that names the tensor and the batch where they do
   * not. Batches of size 1 suit samples of different shapes.
   *
   * @param batchSize the number of samples in a batch, from 1
   * @return a source of views of the batches of this one, and of copies of samples joined
   * @throws IllegalArgumentException if the size is below 1
   */
  default CalibrationSource batched(int batchSize) {
    return new BatchedSource(this, batchSize);
  }

  /**
   * Returns a random subset of the samples of this source in their order, every subset of that size
   * equally likely, in constant memory and without reading the samples that {@link #skip} can pass
   * over.
   *
   * <p>The subset is the same for the same seed, sample counts and version of this library, on
   * every Java and however the samples are batched. Runs of neighbouring samples are handed out,
   * most of one sample in a thin subset; follow it with {@link #batched} to have full batches.
   * Source: selection sampling, C. T. Fan, M. E. Muller, I. Rezucha, 1962.
   *
   * @param sampleCount how many samples, from 0; all when this source has no more
   * @param seed any number
   * @return a source of views of the batches of this one; its {@link #next()} throws a {@link
   *     SourceException} if this source ends before the sample count it told
   * @throws IllegalArgumentException if the count is negative
   * @throws UnsupportedOperationException if this source does not know its sample count
   */
  default CalibrationSource subsampled(long sampleCount, long seed) {
    return new SubsampledSource(this, sampleCount, seed);
  }

  /**
   * Returns the samples of this source in a random order: every sample handed out is drawn from a
   * window of those read, and the next one read takes its place. A window of at least all samples
   * makes every order equally likely; a small one mixes neighbours only.
   *
   * <p>The order is the same for the same seed, window and version of this library, on every Java
   * and however the samples are batched. The batches have the sizes of those of this source. Their
   * samples must be of one shape as for {@link #batched}; put that behind to change the size.
   *
   * @param windowSampleCount the number of samples to draw from, from 1; they are held in memory,
   *     copied
   * @param seed any number
   * @return a source of new batches
   * @throws IllegalArgumentException if the window is below 1
   */
  default CalibrationSource shuffled(int windowSampleCount, long seed) {
    return new ShuffledSource(this, windowSampleCount, seed);
  }

  /**
   * Releases what the source holds; a second call does nothing.
   *
   * @throws IOException if a file cannot be closed
   */
  @Override
  void close() throws IOException;
}
