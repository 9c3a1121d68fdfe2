/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import java.io.IOException;
import java.util.Optional;

/**
 * The samples of a source in batches of equal size, the last one perhaps smaller.
 *
 * <p>A batch that lies within one batch of the source is a view of it; only a batch of several ones
 * is copied together. Memory: one batch of the source and up to two of the new size.
 *
 * <p>Not thread-safe.
 */
final class BatchedSource extends DecoratedSource {

  private final int batchSize;

  BatchedSource(CalibrationSource source, int batchSize) {
    super(source);
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize is " + batchSize + ", expected 1 or more");
    }
    this.batchSize = batchSize;
  }

  @Override
  public Optional<TensorBatch> next() throws IOException {
    SampleReader reader = reader();
    BatchJoin join = new BatchJoin();
    while (join.sampleCount() < batchSize && reader.available() > 0) {
      NumberedBatch part = reader.take(Math.min(batchSize - join.sampleCount(), reader.left()));
      boolean isLast = join.sampleCount() + part.sampleCount() == batchSize;
      // The next read may overwrite this part; after the last part nothing is read before the join.
      join.add(isLast ? part : part.copy());
    }
    return join.sampleCount() == 0 ? Optional.empty() : Optional.of(join.joined());
  }

  @Override
  public long skip(long sampleCount) throws IOException {
    return reader().skip(requireSampleCount(sampleCount));
  }

  @Override
  void restart() {
    // The reader holds all there is to forget.
  }
}
