/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** A source whose file cannot be read. */
final class FailingSource implements CalibrationSource {

  @Override
  public Optional<TensorBatch> next() throws IOException {
    throw new IOException("disk on fire");
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
