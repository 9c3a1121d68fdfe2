/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** The first samples of a source; never asks it for a batch beyond them. Not thread-safe. */
final class LimitedSource extends DecoratedSource {

  private final long limit;
  private long left;

  LimitedSource(CalibrationSource source, long limit) {
    super(source);
    this.limit = requireSampleCount(limit);
    this.left = limit;
  }

  @Override
  public Optional<TensorBatch> next() throws IOException {
    SampleReader reader = reader();
    long count = left == 0 ? 0 : Math.min(left, reader.available());
    left -= count;
    return count == 0 ? Optional.empty() : Optional.of(reader.take(count).batch());
  }

  @Override
  public long skip(long sampleCount) throws IOException {
    long passed = reader().skip(Math.min(requireSampleCount(sampleCount), left));
    left -= passed;
    return passed;
  }

  /** Returns the lower of both counts; a limit alone says nothing of a source that may be short. */
  @Override
  public OptionalLong sampleCount() {
    OptionalLong count = super.sampleCount();
    return limit == 0 || count.isPresent()
        ? OptionalLong.of(Math.min(limit, count.orElse(0)))
        : count;
  }

  @Override
  void restart() {
    left = limit;
  }
}
