/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Fails to read the first of 20 samples. */
record FailingSource(IOException failure) implements CalibrationSource {

  @Override
  public Optional<TensorBatch> next() throws IOException {
    throw failure;
  }

  @Override
  public boolean isRewindable() {
    return false;
  }

  @Override
  public void rewind() {
    throw new UnsupportedOperationException("source is read once");
  }

  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.of(20);
  }

  @Override
  public void close() {}
}
