/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * One message of TensorRT.
 *
 * @param severity how much it matters
 * @param text what TensorRT said, unchanged
 */
record BuildMessage(Severity severity, String text) {

  /** As in "Error Code 2: OutOfMemory (Requested size was 8 bytes.)" of TensorRT 10. */
  private static final Pattern OUT_OF_MEMORY = Pattern.compile("(?i)out[ _]?of[ _]?memory");

  BuildMessage {
    requireNonNull(severity, "severity");
    requireNonNull(text, "text");
  }

  /** Whether TensorRT lacked memory of the GPU; it says so with words only. */
  boolean isOutOfMemory() {
    return OUT_OF_MEMORY.matcher(text).find();
  }

  /** The text on one line, without spaces around it. */
  String line() {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
