/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What is being read, for messages: the name of the format and the file, if it is one. */
record TableOrigin(String format, @Nullable Path path) {

  @Nullable String pathText() {
    return path == null ? null : path.toString();
  }

  @Override
  public String toString() {
    return path == null ? format : format + " '" + path + "'";
  }
}
