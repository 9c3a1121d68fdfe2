/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;

/** The rule for every text a calibration table holds: names of tensors and the provenance. */
final class TableText {

  /** The longest text, in UTF-16 code units. */
  static final int MAXIMUM_LENGTH = 65_535;

  private static final int EXCERPT_LENGTH = 80;

  private TableText() {}

  /** Returns the text, which every format can write and read back, or refuses it. */
  static String requireValid(String what, String text) {
    requireNonNull(text, what);
    if (text.isEmpty() || text.length() > MAXIMUM_LENGTH) {
      throw new IllegalArgumentException(
          "%s has %s characters, expected 1 to %s".formatted(what, text.length(), MAXIMUM_LENGTH));
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          what + " " + quoted(text) + " has half a surrogate pair, expected well-formed Unicode");
    }
    return text;
  }

  /** Returns a name that stands in one line of a file, or refuses it. */
  static String requireOneLine(String what, String text) {
    requireValid(what, text);
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
      throw new IllegalArgumentException(
          what
              + " "
              + quoted(text)
              + " has a line break, which this format can't hold; write JSON instead");
    }
    return text;
  }

  /** Returns a foreign text for a one-line message: in quotes, shortened, without control codes. */
  static String quoted(String text) {
    return "'" + oneLine(text, EXCERPT_LENGTH) + (text.length() > EXCERPT_LENGTH ? "...'" : "'");
  }

  /** Returns the beginning of a foreign message without control codes. */
  static String oneLine(String text) {
    return oneLine(text, 4 * EXCERPT_LENGTH);
  }

  private static String oneLine(String text, int length) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(length)
        .map(codePoint -> Character.isISOControl(codePoint) ? '?' : codePoint)
        .forEach(line::appendCodePoint);
    return line.toString();
  }
}
