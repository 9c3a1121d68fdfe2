/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The lower-case WordPiece tokenizer of BERT, for plain English sentences. */
final class WordPiece {
  private final Map<String, Integer> vocabulary;

  WordPiece(Map<String, Integer> vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Returns [CLS], the tokens of the sentence and [SEP]. */
  List<Integer> tokens(String sentence) {
    List<Integer> ids = new ArrayList<>();
    ids.add(id("[CLS]"));
    String spaced = sentence.toLowerCase(Locale.ROOT).replaceAll("(\\p{Punct})", " $1 ").strip();
    for (String word : spaced.split("\\s+", -1)) {
      ids.addAll(pieces(word));
    }
    ids.add(id("[SEP]"));
    return ids;
  }

  private List<Integer> pieces(String word) {
    List<Integer> ids = new ArrayList<>();
    int start = 0;
    while (start < word.length()) {
      int end = word.length();
      while (end > start && !vocabulary.containsKey(piece(word, start, end))) {
        end--;
      }
      if (end == start) {
        return List.of(id("[UNK]"));
      }
      ids.add(id(piece(word, start, end)));
      start = end;
    }
    return ids;
  }

  private static String piece(String word, int start, int end) {
    return (start == 0 ? "" : "##") + word.substring(start, end);
  }

  private int id(String token) {
    return requireNonNull(vocabulary.get(token), token);
  }
}
