/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import io.github.quant4j.core.QuantizationException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calibration tables that do not add up to one. */
public final class TableMergeException extends QuantizationException {

  private static final long serialVersionUID = 1L;

  /** The name of the tensor, or null where it is the provenance. */
  private final @Nullable String tensor;

  TableMergeException(String message) {
    super(message);
    this.tensor = null;
  }

  TableMergeException(String message, Throwable cause) {
    super(message, cause);
    this.tensor = null;
  }

  TableMergeException(String tensor, String problem, Throwable cause) {
    super("tensor " + TableText.quoted(tensor) + " cannot be merged: " + problem, cause);
    this.tensor = tensor;
  }

  /**
   * Returns which tensor cannot be merged.
   *
   * @return its name, or empty when it is where the tables come from
   */
  public Optional<String> tensor() {
    return Optional.ofNullable(tensor);
  }
}
