/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A random subset of the samples of a source, in its order. Neighbouring chosen samples of one
 * batch come as one view of it; gaps are skipped where the source can. Not thread-safe.
 */
final class SubsampledSource extends DecoratedSource {

  private final long total;
  private final long chosen;
  private final long seed;
  private SelectionSampling selection;

  /** How many samples to pass over before the next chosen one, or -1 when there is none. */
  private long gap;

  private long position;

  SubsampledSource(CalibrationSource source, long sampleCount, long seed) {
    super(source);
    this.total =
        source
            .sampleCount()
            .orElseThrow(
                () ->
                    new UnsupportedOperationException(
                        "source does not know its sample count, expected one to draw a subset of;"
                            + " use limited(%s) to take the first ones".formatted(sampleCount)));
    this.chosen = Math.min(requireSampleCount(sampleCount), total);
    this.seed = seed;
    this.selection = new SelectionSampling(total, chosen, seed);
    this.gap = nextGap();
  }

  @Override
  public Optional<TensorBatch> next() throws IOException {
    SampleReader reader = reader();
    if (gap < 0) {
      return Optional.empty();
    }
    passOver(gap);
    long available = requireMore(reader.available());
    long run = 0;
    do {
      run++;
      gap = nextGap();
    } while (gap == 0 && run < available);
    position += run;
    return Optional.of(reader.take(run).batch());
  }

  /** Passes over chosen samples and all between them, reading those that the source cannot skip. */
  @Override
  public long skip(long sampleCount) throws IOException {
    requireSampleCount(sampleCount);
    requireOpen();
    long passed = 0;
    for (; passed < sampleCount && gap >= 0; passed++) {
      passOver(gap + 1);
      gap = nextGap();
    }
    return passed;
  }

  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.of(chosen);
  }

  @Override
  void restart() {
    selection = new SelectionSampling(total, chosen, seed);
    gap = nextGap();
    position = 0;
  }

  private long nextGap() {
    return selection.hasNext() ? selection.nextGap() : -1;
  }

  private void passOver(long count) throws IOException {
    if (count > 0) {
      long passed = reader().passOver(count);
      position += passed;
      requireMore(passed == count ? 1 : 0);
    }
  }

  private long requireMore(long available) {
    if (available == 0) {
      long batchCount = reader().batchCount();
      throw new SourceException(
          "the source ended with sample %s in batch %s, expected %s samples as it said before"
              .formatted(position, batchCount, total),
          batchCount,
          null);
    }
    return available;
  }
}
