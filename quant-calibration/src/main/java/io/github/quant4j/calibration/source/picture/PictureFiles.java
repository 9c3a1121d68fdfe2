/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import io.github.quant4j.calibration.CalibrationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The picture files of a folder, the same list in the same order on every system. */
final class PictureFiles {

  private PictureFiles() {}

  /**
   * Lists the files below a folder whose suffix is that of a picture, sorted by name, or by path
   * within the folder with slashes between its parts. Names that begin with a dot are passed over.
   */
  static List<Path> of(Path folder, boolean isRecursive) throws IOException {
    requireFolder(folder);
    Set<String> suffixes = PictureDecoder.suffixes();
    Path root = folder.toRealPath(); // a walk does not enter a link
    List<Path> files;
    try (Stream<Path> found = Files.walk(root, isRecursive ? Integer.MAX_VALUE : 1)) {
      files =
          found
              .map(root::relativize)
              .filter(file -> isVisible(file) && suffixes.contains(suffix(file)))
              .filter(file -> Files.isRegularFile(root.resolve(file)))
              .sorted(Comparator.comparing(PictureFiles::name))
              .map(folder::resolve)
              .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (files.isEmpty()) {
      throw new CalibrationException(
          "folder '%s' holds no picture%s, expected files with a suffix of %s"
              .formatted(folder, isRecursive ? " at any depth" : "", suffixes));
    }
    return files;
  }

  /** Checks a list that names the files. */
  static List<Path> of(List<Path> files) throws IOException {
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString(), null, "no such file, expected a picture");
      }
      if (!Files.isRegularFile(file)) {
        throw new CalibrationException("'" + file + "' is no file, expected a picture");
      }
    }
    return files;
  }

  private static void requireFolder(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(
          folder.toString(), null, "no such folder, expected one that holds pictures");
    }
    if (!Files.isDirectory(folder)) {
      throw new CalibrationException(
          "'" + folder + "' is no folder, expected one that holds pictures, or a list of files");
    }
  }

  private static boolean isVisible(Path file) {
    return StreamSupport.stream(file.spliterator(), false)
        .noneMatch(part -> part.toString().startsWith("."));
  }

  private static String suffix(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static String name(Path file) {
    return file.toString().replace(file.getFileSystem().getSeparator(), "/");
  }
}
