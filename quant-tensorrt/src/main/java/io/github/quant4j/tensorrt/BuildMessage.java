/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

/**
 * One message of TensorRT.
 *
 * @param severity how much it matters
 * @param text what TensorRT said, unchanged
 */
record BuildMessage(Severity severity, String text) {

  BuildMessage {
    requireNonNull(severity, "severity");
    requireNonNull(text, "text");
  }

  /** The text on one line, without spaces around it. */
  String line() {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
