/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import io.github.quant4j.core.QuantizationException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A batch of a {@link CalibrationSource} that cannot be made, cut or joined with others. */
public final class SourceException extends QuantizationException {

  private static final long serialVersionUID = 1L;

  /** The number of the batch, from 1. */
  private final long batchNumber;

  /** The name of the tensor, or null where it is the batch as a whole. */
  private final @Nullable String tensor;

  SourceException(String message, long batchNumber, @Nullable String tensor) {
    super(message);
    this.batchNumber = batchNumber;
    this.tensor = tensor;
  }

  SourceException(String message, long batchNumber, @Nullable String tensor, Throwable cause) {
    super(message, cause);
    this.batchNumber = batchNumber;
    this.tensor = tensor;
  }

  /**
   * Returns which batch failed.
   *
   * @return the number among the batches that were asked for, from 1, those without a sample
   *     included; samples that were skipped count in none
   */
  public long batchNumber() {
    return batchNumber;
  }

  /**
   * Returns which tensor of the batch failed.
   *
   * @return its name, or empty when the batch failed as a whole
   */
  public Optional<String> tensor() {
    return Optional.ofNullable(tensor);
  }
}
