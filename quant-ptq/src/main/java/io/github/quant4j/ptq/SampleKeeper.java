/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Passes a source on and keeps copies of a few samples of what goes by, spread over the stream: the
 * first four from sample 0, 1, 2, 4, 8 and so on, each as a batch of its own, so that what is kept
 * does not depend on how the stream is cut into batches.
 *
 * <p>Where the model takes a fixed number of samples at once, batch 1, 2, 4, 8 and so on is kept as
 * a whole. No more is kept than a number of samples and 64 MiB, save that the first always is: of
 * large pictures a few will do, since each has many elements. Samples or batches with a NaN or an
 * infinite value are not kept, since nothing can be measured on them; where that leaves none, the
 * first one without is.
 */
final class SampleKeeper implements CalibrationSource {
  private static final int RUN_LENGTH = 4;
  private static final long LARGEST_SIZE = 64L << 20;

  private final CalibrationSource source;
  private final boolean canCut;
  private final long limit;
  private final List<TensorBatch> kept = new ArrayList<>();
  private long batchCount;
  private long sampleCount;
  private long keptSampleCount;
  private long keptSize;

  SampleKeeper(CalibrationSource source, boolean canCut, long limit) {
    this.source = source;
    this.canCut = canCut;
    this.limit = limit;
  }

  /** Returns what was kept so far. */
  List<TensorBatch> kept() {
    return List.copyOf(kept);
  }

  /** Tells whether nothing that is still to come is kept. */
  boolean isFull() {
    return keptSampleCount >= limit;
  }

  @Override
  public Optional<TensorBatch> next() throws IOException {
    Optional<TensorBatch> batch = source.next();
    batch.ifPresent(this::keepSome);
    return batch;
  }

  private void keepSome(TensorBatch batch) {
    batchCount++;
    if (canCut) {
      for (long i = 0; i < batch.sampleCount(); i++) {
        long index = sampleCount + i;
        if (index - Long.highestOneBit(index) < RUN_LENGTH || kept.isEmpty()) {
          keep(batch.slice(i, 1));
        }
      }
    } else if (Long.bitCount(batchCount) == 1 || kept.isEmpty()) {
      keep(batch);
    }
    sampleCount += batch.sampleCount();
  }

  private void keep(TensorBatch batch) {
    long size = 0;
    for (String name : batch.names()) {
      size += batch.tensor(name).orElseThrow().bytes().remaining();
    }
    boolean hasRoom = keptSampleCount < limit && keptSize + size <= LARGEST_SIZE;
    if (batch.sampleCount() > 0
        && (hasRoom || kept.isEmpty())
        && MeasuringSamples.nonFiniteInput(batch).isEmpty()) {
      kept.add(batch.copy());
      keptSampleCount += batch.sampleCount();
      keptSize += size;
    }
  }

  @Override
  public boolean isRewindable() {
    return source.isRewindable();
  }

  @Override
  public void rewind() throws IOException {
    source.rewind();
    kept.clear();
    batchCount = 0;
    sampleCount = 0;
    keptSampleCount = 0;
    keptSize = 0;
  }

  @Override
  public OptionalLong sampleCount() {
    return source.sampleCount();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
