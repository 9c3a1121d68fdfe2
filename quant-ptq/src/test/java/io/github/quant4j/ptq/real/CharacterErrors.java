/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import java.util.Arrays;

/**
 * The character error rate of many lines: insertions, deletions and replacements that turn what was
 * read into what is written, over the number of characters written. Not thread-safe.
 */
final class CharacterErrors {
  private long errors;
  private long characters;

  void add(String written, String read) {
    errors += distance(written, read);
    characters += written.length();
  }

  double rate() {
    return (double) errors / characters;
  }

  /** Returns the distance of Levenshtein, row by row of the table of prefixes. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, column -> column);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
