/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.OnnxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model that cannot be repaired. */
public final class RepairException extends OnnxException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable RepairReport report;

  RepairException(String message, RepairReport report) {
    super(message);
    this.report = report;
  }

  RepairException(String message, RepairReport report, Throwable cause) {
    super(message, cause);
    this.report = report;
  }

  /**
   * Returns what was found before the repair was given up.
   *
   * @return the report, up to where a pass failed; empty when the exception was serialized
   */
  public Optional<RepairReport> report() {
    return Optional.ofNullable(report);
  }
}
