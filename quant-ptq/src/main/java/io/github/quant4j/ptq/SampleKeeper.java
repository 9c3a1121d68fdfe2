/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Passes a source on and keeps a few samples of what goes by, spread over the stream: the first of
 * batches 1, 2, 4, 8 and so on, as long as there is room.
 *
 * <p>A batch is cut only where the model takes samples one at a time; else it is kept whole.
 */
final class SampleKeeper implements CalibrationSource {
  private static final int SAMPLES_PER_BATCH = 4;

  /** Kept samples of large pictures are few. */
  private static final long LARGEST_SIZE = 64L << 20;

  private final CalibrationSource source;
  private final boolean canCut;
  private final long limit;
  private final List<TensorBatch> kept = new ArrayList<>();
  private long batchCount;
  private long keptCount;
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

  @Override
  public Optional<TensorBatch> next() throws IOException {
    Optional<TensorBatch> batch = source.next();
    batch.ifPresent(this::keep);
    return batch;
  }

  private void keep(TensorBatch batch) {
    batchCount++;
    boolean isPowerOfTwo = Long.bitCount(batchCount) == 1;
    boolean hasRoom = keptCount < limit && (kept.isEmpty() || keptSize < LARGEST_SIZE);
    if (isPowerOfTwo && hasRoom && batch.sampleCount() > 0) {
      long wanted = Math.min(SAMPLES_PER_BATCH, limit - keptCount);
      TensorBatch slice = canCut ? batch.slice(0, Math.min(wanted, batch.sampleCount())) : batch;
      kept.add(slice);
      keptCount += slice.sampleCount();
      slice.names().forEach(name -> slice.tensor(name).ifPresent(this::countSize));
    }
  }

  private void countSize(Tensor tensor) {
    keptSize += tensor.bytes().remaining();
  }

  @Override
  public boolean isRewindable() {
    return source.isRewindable();
  }

  @Override
  public void rewind() throws IOException {
    source.rewind();
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
