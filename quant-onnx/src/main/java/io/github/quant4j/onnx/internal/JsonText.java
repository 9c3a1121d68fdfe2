/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.internal;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * JSON text (RFC 8259) of nested maps, collections, strings, integers, decimals and booleans.
 *
 * <p>Members stand in the order of their map. The outer levels, two unless said otherwise, are
 * broken into lines, what is deeper stays on one, so that a list of records reads as a table.
 * Characters that JSON or a terminal takes for control, and halves of surrogate pairs, are escaped;
 * so the text has a UTF-8 form whatever the strings hold.
 */
public final class JsonText {
  private static final int TABLE = 2;
  private static final int LINE_SEPARATOR = 0x2028;
  private static final int PARAGRAPH_SEPARATOR = 0x2029;

  private final int brokenLevels;

  private JsonText(int brokenLevels) {
    this.brokenLevels = brokenLevels;
  }

  /**
   * Returns the text of an object whose rows stay on one line each.
   *
   * @param value the members
   * @return the text; a line feed ends it
   */
  public static String of(Map<String, ?> value) {
    return of(value, TABLE);
  }

  /**
   * Returns the text of an object.
   *
   * @param value the members
   * @param brokenLevels the number of outer levels that are broken into lines
   * @return the text; a line feed ends it
   */
  public static String of(Map<String, ?> value, int brokenLevels) {
    return new JsonText(brokenLevels).text(value, 0) + "\n";
  }

  private String text(Object value, int level) {
    if (value instanceof Map<?, ?> map) {
      List<String> members =
          map.entrySet().stream()
              .map(e -> quoted(e.getKey().toString()) + ": " + text(e.getValue(), level + 1))
              .toList();
      return bracketed("{", members, "}", level);
    }
    if (value instanceof Collection<?> collection) {
      List<String> elements = collection.stream().map(element -> text(element, level + 1)).toList();
      return bracketed("[", elements, "]", level);
    }
    if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
      return value.toString();
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    return quoted(value.toString());
  }

  private String bracketed(String open, List<String> parts, String close, int level) {
    if (parts.isEmpty()) {
      return open + close;
    }
    if (level >= brokenLevels) {
      return parts.stream().collect(Collectors.joining(", ", open, close));
    }
    String indent = "  ".repeat(level);
    return parts.stream()
        .collect(
            Collectors.joining(",\n  " + indent, open + "\n  " + indent, "\n" + indent + close));
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints().forEach(point -> append(quoted, point));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int point) {
    switch (point) {
      case '"' -> quoted.append("\\\"");
      case '\\' -> quoted.append("\\\\");
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      default -> {
        if (isEscaped(point)) {
          String digits = Integer.toHexString(0x10000 | point).substring(1);
          quoted.append("\\u").append(digits);
        } else {
          quoted.appendCodePoint(point);
        }
      }
    }
  }

  private static boolean isEscaped(int point) {
    boolean isLoneSurrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    return Character.isISOControl(point)
        || isLoneSurrogate
        || point == LINE_SEPARATOR
        || point == PARAGRAPH_SEPARATOR;
  }
}
