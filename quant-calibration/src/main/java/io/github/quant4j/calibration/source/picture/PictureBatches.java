/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where in a list of files a reader is, and the batches made of them. A batch that an interrupt or
 * a failure leaves unfinished is kept and gone on with. Not thread-safe.
 */
final class PictureBatches implements Closeable {

  private static final Logger LOGGER = LoggerFactory.getLogger(PictureBatches.class);

  private final Plan plan;
  private final List<Path> files;
  private final SampleFormat format;
  private final DecodeAhead ahead;
  private final Set<Path> skipped = new HashSet<>();
  private int nextFile;
  private long handedOut;
  private byte @Nullable [] batch;
  private int filled;

  /**
   * Starts at the first file.
   *
   * @param plan how to cut batches
   * @param files the files in their order, copied
   * @param ahead decodes them; closed with this
   */
  PictureBatches(Plan plan, List<Path> files, DecodeAhead ahead) {
    this.plan = plan;
    this.files = new ArrayList<>(files);
    this.format = ahead.format();
    this.ahead = ahead;
  }

  /** Returns the next batch, or empty at the end. */
  Optional<TensorBatch> next() throws IOException {
    int sampleBytes = (int) format.byteCount();
    int count = (int) Math.min(plan.batchSize(), filled + left());
    if (batch == null) {
      batch = new byte[count * sampleBytes];
    }
    while (filled < count && left() > 0) {
      fillAhead();
      byte @Nullable [] sample = nextSample();
      if (sample != null) {
        System.arraycopy(sample, 0, batch, filled * sampleBytes, sampleBytes);
        filled++;
      }
    }
    ByteBuffer elements = ByteBuffer.wrap(batch, 0, filled * sampleBytes);
    int sampleCount = filled;
    handedOut += filled;
    filled = 0;
    batch = null;
    fillAhead();
    return sampleCount == 0 ? Optional.empty() : Optional.of(batch(elements, sampleCount));
  }

  /** Starts over, without the files known to be undecodable. */
  void rewind() {
    files.removeAll(skipped);
    goTo(0);
  }

  /** Passes over samples and returns how many it passed. */
  long skip(long sampleCount) {
    if (plan.isSkipping() || sampleCount == 0) {
      return 0;
    }
    long passed = Math.min(sampleCount, filled + left());
    goTo(handedOut + passed);
    return passed;
  }

  /** Returns how many samples there are, as far as known. */
  long sampleCount() {
    long pictures = files.stream().filter(file -> !skipped.contains(file)).count();
    return Math.min(plan.sampleLimit(), pictures);
  }

  /** Returns how many files were skipped. */
  int skippedCount() {
    return skipped.size();
  }

  @Override
  public void close() {
    batch = null;
    ahead.close();
  }

  /** Returns how many samples there may still be behind those handed out or in the open batch. */
  private long left() {
    int unread = files.size() - nextFile + ahead.count();
    return Math.min(plan.sampleLimit() - handedOut - filled, unread);
  }

  /** Starts over at a sample of a source whose every file is one. */
  private void goTo(long sample) {
    ahead.clear();
    nextFile = (int) sample;
    handedOut = sample;
    filled = 0;
    batch = null;
  }

  private void fillAhead() {
    while (nextFile < files.size() && ahead.hasRoom() && ahead.count() < left()) {
      ahead.add(files.get(nextFile++));
    }
  }

  /** Returns the next sample, or null where its file is skipped. */
  private byte @Nullable [] nextSample() throws IOException {
    byte[] sample = null;
    try {
      sample = ahead.await();
    } catch (UndecodableException e) {
      if (!plan.isSkipping()) {
        throw new CalibrationException(
            "picture '" + ahead.path() + "' cannot be decoded: " + e.getMessage(), e);
      }
      if (skipped.add(ahead.path())) {
        LOGGER.warn("picture '{}' is skipped: {}", ahead.path(), e.getMessage());
      }
    }
    ahead.remove();
    return sample;
  }

  private TensorBatch batch(ByteBuffer elements, int sampleCount) {
    Tensor tensor = Tensor.of(format.elementType(), format.shape(sampleCount), elements);
    return TensorBatch.of(Map.of(plan.inputName(), tensor));
  }

  /**
   * How to cut batches. Immutable and thread-safe.
   *
   * @param inputName the input that the pictures are for
   * @param batchSize the number of samples per batch
   * @param sampleLimit how many samples to hand out at most
   * @param isSkipping whether undecodable files are passed over
   */
  record Plan(String inputName, int batchSize, long sampleLimit, boolean isSkipping) {}
}
