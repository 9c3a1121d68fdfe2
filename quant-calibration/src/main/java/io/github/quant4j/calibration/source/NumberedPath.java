/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file or folder of ONNX test data with the number in its name, by which they are sorted: 2 comes
 * before 10. Immutable and thread-safe.
 *
 * @param path the file or folder
 * @param number the number, from 0
 */
record NumberedPath(Path path, int number) {

  private static final Pattern INPUT = Pattern.compile("input_(\\d{1,9})\\.pb");
  private static final Pattern SET = Pattern.compile("test_data_set_(\\d{1,9})");

  private static final Comparator<NumberedPath> ORDER =
      Comparator.comparingInt(NumberedPath::number).thenComparing(NumberedPath::path);

  /** Returns the files {@code input_N.pb} of a folder. */
  static List<NumberedPath> inputsIn(Path folder) throws IOException {
    return in(folder, INPUT);
  }

  /** Returns the folders {@code test_data_set_N} of a folder. */
  static List<NumberedPath> setsIn(Path folder) throws IOException {
    return in(folder, SET).stream().filter(set -> Files.isDirectory(set.path())).toList();
  }

  /** Returns whether a folder is named as test data are. */
  static boolean isSet(Path folder) {
    return of(folder, SET).isPresent();
  }

  private static List<NumberedPath> in(Path folder, Pattern pattern) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.flatMap(path -> of(path, pattern).stream()).sorted(ORDER).toList();
    }
  }

  private static Optional<NumberedPath> of(Path path, Pattern pattern) {
    Matcher matcher = pattern.matcher(path.getFileName().toString());
    return matcher.matches()
        ? Optional.of(new NumberedPath(path, Integer.parseInt(matcher.group(1))))
        : Optional.empty();
  }
}
