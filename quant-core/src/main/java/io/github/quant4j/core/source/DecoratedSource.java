/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * What the sources that hand on the samples of another one have in common: they own it, close it
 * once, and start over when it can. Not thread-safe.
 */
abstract sealed class DecoratedSource implements CalibrationSource
    permits LimitedSource, BatchedSource, SubsampledSource, ShuffledSource {

  private final CalibrationSource source;
  private final SampleReader reader;
  private boolean isClosed;

  DecoratedSource(CalibrationSource source) {
    this.source = requireNonNull(source, "source");
    this.reader = new SampleReader(source);
  }

  @Override
  public final boolean isRewindable() {
    return source.isRewindable();
  }

  @Override
  public final void rewind() throws IOException {
    requireOpen();
    reader.rewind();
    restart();
  }

  @Override
  public OptionalLong sampleCount() {
    return source.sampleCount();
  }

  @Override
  public final void close() throws IOException {
    if (!isClosed) {
      isClosed = true;
      source.close();
    }
  }

  /** Forgets all that came before a rewind. */
  abstract void restart();

  /** Returns the samples of the source. */
  final SampleReader reader() {
    requireOpen();
    return reader;
  }

  static long requireSampleCount(long sampleCount) {
    if (sampleCount < 0) {
      throw new IllegalArgumentException("sampleCount is " + sampleCount + ", expected 0 or more");
    }
    return sampleCount;
  }

  final void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("source is closed");
    }
  }
}
