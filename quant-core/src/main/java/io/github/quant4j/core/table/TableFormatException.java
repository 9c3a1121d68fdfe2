/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import io.github.quant4j.core.QuantizationException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The failure of reading a calibration table, a TensorRT calibration cache or an ONNX Runtime table
 * whose text is not as it must be. It says where.
 */
public final class TableFormatException extends QuantizationException {

  private static final long serialVersionUID = 1L;

  /** The file as text, or null for a stream. */
  private final @Nullable String path;

  /** From 1. */
  private final int line;

  /** From 1, in bytes of UTF-8. */
  private final int column;

  TableFormatException(TableOrigin origin, int line, int column, String problem) {
    super(origin + ", line " + line + ", column " + column + ": " + problem);
    this.path = origin.pathText();
    this.line = line;
    this.column = column;
  }

  TableFormatException(TableOrigin origin, int line, int column, String problem, Exception cause) {
    this(origin, line, column, problem);
    initCause(cause);
  }

  /**
   * Returns the file that was read.
   *
   * @return its path as text, or empty when a stream was read
   */
  public Optional<String> path() {
    return Optional.ofNullable(path);
  }

  /**
   * Returns the line of the problem.
   *
   * @return the number of the line, from 1
   */
  public int line() {
    return line;
  }

  /**
   * Returns the column of the problem.
   *
   * @return the position in the line, from 1, counted in bytes of UTF-8
   */
  public int column() {
    return column;
  }
}
