/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.util.Locale;

/** Lines of text, each a label and what it stands for, numbers written alike in every locale. */
final class TextLines {
  private final StringBuilder text = new StringBuilder();

  /** Adds a line of a label and a text. */
  void add(String label, String value) {
    text.append(String.format(Locale.ROOT, "%-13s%s%n", label, value));
  }

  /** Adds a line that continues the label of the line before. */
  void add(String value) {
    add("", value);
  }

  /** Adds lines that have no labels. */
  void addAll(String lines) {
    lines.lines().forEach(line -> text.append(String.format("%s%n", line)));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
