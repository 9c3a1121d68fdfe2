/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** A source that makes its batches one by one, or fails to; counts those that were asked for. */
final class GeneratedSource implements CalibrationSource {

  /** Makes a batch. */
  @FunctionalInterface
  interface Generator {
    /** Returns the batch of an index from 0; empty ends the source. */
    Optional<TensorBatch> batch(int index) throws IOException;
  }

  private final Generator generator;
  private int batchCount;

  GeneratedSource(Generator generator) {
    this.generator = generator;
  }

  int batchCount() {
    return batchCount;
  }

  @Override
  public Optional<TensorBatch> next() throws IOException {
    return generator.batch(batchCount++);
  }

  @Override
  public boolean isRewindable() {
    return false;
  }

  @Override
  public void rewind() {
    throw new UnsupportedOperationException("cannot rewind");
  }

  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.empty();
  }

  @Override
  public void close() {}
}
