/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A rewindable source of batches that already lie in memory. Not thread-safe. */
final class InMemorySource implements CalibrationSource {

  private final List<TensorBatch> batches;
  private int nextIndex;
  private boolean isClosed;

  InMemorySource(List<TensorBatch> batches) {
    this.batches = List.copyOf(batches);
  }

  @Override
  public Optional<TensorBatch> next() {
    requireOpen();
    return nextIndex < batches.size() ? Optional.of(batches.get(nextIndex++)) : Optional.empty();
  }

  /** Passes over whole batches; whoever wants to be within one reads it and cuts. */
  @Override
  public long skip(long sampleCount) {
    DecoratedSource.requireSampleCount(sampleCount);
    requireOpen();
    long passed = 0;
    while (passed < sampleCount
        && nextIndex < batches.size()
        && batches.get(nextIndex).sampleCount() <= sampleCount - passed) {
      passed += batches.get(nextIndex).sampleCount();
      nextIndex++;
    }
    return passed;
  }

  @Override
  public boolean isRewindable() {
    return true;
  }

  @Override
  public void rewind() {
    requireOpen();
    nextIndex = 0;
  }

  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.of(batches.stream().mapToLong(TensorBatch::sampleCount).sum());
  }

  @Override
  public void close() {
    isClosed = true;
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("source is closed");
    }
  }
}
