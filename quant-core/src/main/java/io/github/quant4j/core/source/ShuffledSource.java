/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * The samples of a source in random order, as far as a window of them allows: every sample handed
 * out is drawn from the window, and the next one of the source takes its place.
 *
 * <p>A window of at least the whole source draws without replacement from all of it, so that every
 * order is equally likely. A window of one sample keeps the order. The batches are of the sizes
 * that the batches of the source have, in their order.
 *
 * <p>Memory: the samples of the window, copied, and one batch. Not thread-safe.
 */
final class ShuffledSource extends DecoratedSource {

  private final int windowSampleCount;
  private final long seed;
  private final List<NumberedBatch> window = new ArrayList<>();
  private final Queue<Long> batchSizes = new ArrayDeque<>();
  private SplitMix random;

  ShuffledSource(CalibrationSource source, int windowSampleCount, long seed) {
    super(source);
    if (windowSampleCount < 1) {
      throw new IllegalArgumentException(
          "windowSampleCount is " + windowSampleCount + ", expected 1 or more");
    }
    this.windowSampleCount = windowSampleCount;
    this.seed = seed;
    this.random = new SplitMix(seed);
  }

  @Override
  public Optional<TensorBatch> next() throws IOException {
    fillWindow();
    if (window.isEmpty()) {
      return Optional.empty();
    }
    long batchSize = batchSizes.remove();
    BatchJoin join = new BatchJoin();
    while (join.sampleCount() < batchSize) {
      fillWindow();
      join.add(draw());
    }
    return Optional.of(join.joined());
  }

  /** Passes over none, as every sample has to go through the window. */
  @Override
  public long skip(long sampleCount) {
    requireSampleCount(sampleCount);
    requireOpen();
    return 0;
  }

  @Override
  void restart() {
    window.clear();
    batchSizes.clear();
    random = new SplitMix(seed);
  }

  private void fillWindow() throws IOException {
    SampleReader reader = reader();
    while (window.size() < windowSampleCount) {
      boolean isNewBatch = reader.left() == 0;
      long available = reader.available();
      if (available == 0) {
        return;
      }
      if (isNewBatch) {
        batchSizes.add(available);
      }
      window.add(reader.take(1).copy());
    }
  }

  /** Takes a sample out of the window; the last one fills the hole. */
  private NumberedBatch draw() {
    int last = window.size() - 1;
    int index = (int) random.below(window.size());
    NumberedBatch drawn = window.set(index, window.get(last));
    window.remove(last);
    return drawn;
  }
}
