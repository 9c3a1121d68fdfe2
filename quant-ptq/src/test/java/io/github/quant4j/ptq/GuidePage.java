/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Tells the code that a page of the guide shows from the code that a test runs, so that both can be
 * compared: fenced blocks in the page; in the test what stands between the comments {@code begin
 * guide} and {@code end guide}, once in every method.
 */
final class GuidePage {
  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern SNIPPET =
      Pattern.compile("(?s)// begin guide\\n(.*?)// end guide\\n");
  private static final Pattern TEST = Pattern.compile("(?m)^  @Test$");

  private final String text;

  private GuidePage(String text) {
    this.text = text;
  }

  static GuidePage read(String name) throws IOException {
    return new GuidePage(Files.readString(Path.of("..", "docs", name)));
  }

  /** Returns the languages of all blocks. */
  List<String> languages() {
    return FENCE.matcher(text).results().map(block -> block.group(1)).toList();
  }

  /** Returns the blocks in one language, regardless of white space. */
  List<String> blocks(String language) {
    return FENCE
        .matcher(text)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> bare(block.group(2)))
        .toList();
  }

  /** Returns the source of every test of a class, from its annotation to that of the next. */
  static List<String> tests(Class<?> tests) throws IOException {
    Path root = Path.of("src", "test", "java");
    Path file = root.resolve(tests.getName().replace('.', '/') + ".java");
    List<String> parts = List.of(TEST.split(Files.readString(file)));
    return parts.subList(1, parts.size());
  }

  /** Returns the code of the guide in a test, regardless of white space. */
  static List<String> snippets(String test) {
    return SNIPPET.matcher(test).results().map(snippet -> bare(snippet.group(1))).toList();
  }

  /** Returns what a test does once the code of the guide has run. */
  static String afterwards(String test) {
    return SNIPPET
        .matcher(test)
        .results()
        .map(MatchResult::end)
        .reduce((first, last) -> last)
        .map(test::substring)
        .orElse("");
  }

  /** Leaves white space only where it keeps two words apart. */
  private static String bare(String code) {
    return code.strip().replaceAll("\\s+", " ").replaceAll("(?<=\\W) | (?=\\W)", "");
  }
}
