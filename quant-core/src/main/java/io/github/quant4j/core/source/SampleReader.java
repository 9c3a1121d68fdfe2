/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a source by samples instead of by batches: holds the batch that was read last and hands out
 * views of it. Batches without samples are passed over. Not thread-safe.
 */
final class SampleReader {

  private final CalibrationSource source;
  private @Nullable NumberedBatch current;
  private long taken;
  private long batchCount;

  SampleReader(CalibrationSource source) {
    this.source = source;
  }

  /**
   * Returns how many samples of the current batch are left, after reading the next one if there are
   * none; 0 at the end of the source.
   */
  long available() throws IOException {
    while (left() == 0) {
      current = null;
      Optional<TensorBatch> next = source.next();
      if (next.isEmpty()) {
        return 0;
      }
      batchCount++;
      current = new NumberedBatch(batchCount, next.get());
      taken = 0;
    }
    return left();
  }

  /** Returns how many samples of the current batch are left without reading another one. */
  long left() {
    return current == null ? 0 : current.sampleCount() - taken;
  }

  /** Returns a view of the next samples, not more than are left; valid until the next read. */
  NumberedBatch take(long count) {
    if (current == null) {
      throw new IllegalStateException("no batch was read, check available() first");
    }
    NumberedBatch slice = current.slice(taken, count);
    taken += count;
    return slice;
  }

  /** Passes over samples without reading them and returns how many it could. */
  long skip(long count) throws IOException {
    long passed = Math.min(count, left());
    taken += passed;
    return passed < count ? passed + source.skip(count - passed) : passed;
  }

  /** Passes over samples, reading those that the source cannot skip; returns fewer at its end. */
  long passOver(long count) throws IOException {
    long passed = skip(count);
    while (passed < count && available() > 0) {
      passed += skip(count - passed);
    }
    return passed;
  }

  /** Returns how many batches were read. */
  long batchCount() {
    return batchCount;
  }

  void rewind() throws IOException {
    source.rewind();
    current = null;
    taken = 0;
    batchCount = 0;
  }
}
