/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The folder of a model, out of which no data file may lead.
 *
 * <p>Where the path of the model is a symbolic link, as in download caches that link names to
 * contents, there are two: the folder of the link, and the folder of the file it leads to. A data
 * file is looked for in both, in this order, and may lie in either.
 */
final class DataFolder {
  private final Set<Path> folders;
  private final Map<Path, DataFile> files = new HashMap<>();

  private DataFolder(Set<Path> folders) {
    this.folders = folders;
  }

  static DataFolder of(Path model) throws IOException {
    Set<Path> folders = new LinkedHashSet<>();
    folders.add(model.toAbsolutePath().resolveSibling("").toRealPath());
    folders.add(model.toRealPath().resolveSibling(""));
    return new DataFolder(folders);
  }

  /**
   * Finds a file; the same file is the same object.
   *
   * @throws FileSystemException if there is none in the folder; its reason completes a sentence
   *     that begins with the location
   */
  DataFile open(String location) throws IOException {
    Path relative = relative(location);
    for (Path folder : folders) {
      Path file = folder.resolve(relative);
      if (Files.exists(file)) {
        return regular(location, file.toRealPath());
      }
    }
    throw refused(location, "does not exist");
  }

  private DataFile regular(String location, Path file) throws IOException {
    if (folders.stream().noneMatch(file::startsWith)) {
      throw refused(location, "leads out of the model's folder");
    }
    DataFile known = files.get(file);
    if (known == null) {
      known = DataFile.of(file);
      if (!known.isRegular()) {
        throw refused(location, "is no regular file");
      }
      files.put(file, known);
    }
    return known;
  }

  private static Path relative(String location) throws FileSystemException {
    if (location.isEmpty()) {
      throw refused(location, "names no file");
    }
    try {
      Path relative = Path.of(location);
      if (relative.isAbsolute() || relative.getRoot() != null) {
        throw refused(location, "is an absolute path");
      }
      for (Path element : relative) {
        if (element.toString().equals("..")) {
          throw refused(location, "leads out of the model's folder");
        }
      }
      return relative;
    } catch (InvalidPathException e) {
      throw refused(location, "is no path");
    }
  }

  private static FileSystemException refused(String location, String reason) {
    return new FileSystemException(location, null, reason);
  }
}
