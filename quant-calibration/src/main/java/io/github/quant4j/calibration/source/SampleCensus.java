/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.source.SampleFiles.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells the form of samples from file names and first bytes. Thread-safe: no state. */
final class SampleCensus {

  private static final String EXPECTED =
      "expected .npz or .npy arrays, ONNX test data (test_data_set_0 or input_0.pb), or pictures"
          + " (.jpg, .png, .bmp ...)";

  private static final Set<String> ARRAYS = Set.of("npy", "npz");

  /* What the ImageIO of the JDK reads; asking it would load the desktop for arrays too. */
  private static final Set<String> PICTURES =
      Set.of("bmp", "gif", "jpeg", "jpg", "png", "tif", "tiff", "wbmp");

  /* As ISO 8859-1, in which every byte is a character. */
  private static final Map<String, Kind> FIRST_BYTES =
      Map.of(
          "PK", Kind.ARRAYS,
          "\u0093NUMPY", Kind.ARRAYS,
          "\u00ff\u00d8\u00ff", Kind.PICTURES,
          "\u0089PNG", Kind.PICTURES);

  private static final int LONGEST_START = 6;
  private static final int MOST_LABELS = 8; // in a message

  private SampleCensus() {}

  /** Returns the one form of the samples at a path. */
  static Kind kindOf(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString(), null, "no such file, " + EXPECTED);
    }
    return Files.isDirectory(path) ? kindOfFolder(path) : kindOfFile(path);
  }

  /** Returns whether there is an array that no archive names. */
  static boolean hasUnnamedArray(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return !firstBytes(path).startsWith("PK");
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.anyMatch(file -> ending(file).equals("npy"));
    }
  }

  private static Kind kindOfFile(Path file) throws IOException {
    String start = firstBytes(file);
    return FIRST_BYTES.entrySet().stream()
        .filter(known -> start.startsWith(known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .or(() -> kindOfEnding(file))
        .orElseThrow(
            () ->
                new CalibrationException(
                    "file '%s' is no file of samples, %s".formatted(file, EXPECTED)));
  }

  private static Kind kindOfFolder(Path folder) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (Path entry : visible(folder)) {
      counts.merge(label(entry), 1, Integer::sum);
      if (!Files.isDirectory(entry)) {
        kindOfEnding(entry).ifPresent(kinds::add);
      }
    }
    if (!NumberedPath.inputsIn(folder).isEmpty() || !NumberedPath.setsIn(folder).isEmpty()) {
      kinds.add(Kind.TEST_DATA);
    }
    if (kinds.size() != 1) {
      throw new CalibrationException(
          "folder '%s' holds %s (%s), %s%s"
              .formatted(
                  folder,
                  kinds.isEmpty() ? "no samples" : "samples of several forms",
                  describe(counts),
                  EXPECTED,
                  kinds.isEmpty() ? "" : "; keep each in a folder of its own"));
    }
    return kinds.iterator().next();
  }

  /** Returns what lies in a folder but for names that begin with a dot. */
  private static List<Path> visible(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(entry -> !entry.getFileName().toString().startsWith(".")).toList();
    }
  }

  private static Optional<Kind> kindOfEnding(Path file) {
    String ending = ending(file);
    if (ARRAYS.contains(ending)) {
      return Optional.of(Kind.ARRAYS);
    }
    return PICTURES.contains(ending) ? Optional.of(Kind.PICTURES) : Optional.empty();
  }

  private static String describe(Map<String, Integer> counts) {
    if (counts.isEmpty()) {
      return "nothing";
    }
    String most =
        counts.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(MOST_LABELS)
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", "));
    return counts.size() > MOST_LABELS ? most + " and others" : most;
  }

  private static String label(Path entry) {
    if (Files.isDirectory(entry)) {
      return NumberedPath.isSet(entry) ? "test_data_set" : "folder";
    }
    String ending = ending(entry);
    return ending.isEmpty() ? "without ending" : "." + ending;
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1);
  }

  private static String firstBytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST_START), StandardCharsets.ISO_8859_1);
    }
  }
}
