/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.Shape;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * An open .npy or .npz file: arrays by name that share their first axis, read side by side. Owns
 * its files. Not thread-safe.
 */
final class ArrayFile implements Closeable {

  private static final String ARRAY_SUFFIX = ".npy";

  private final Path path;
  private final Map<String, NpyReader> readers = new LinkedHashMap<>();
  private final @Nullable ZipFile archive;

  private ArrayFile(Path path, @Nullable ZipFile archive) {
    this.path = path;
    this.archive = archive;
  }

  /** Opens a file, whose first bytes tell its kind, and reads all headers. */
  static ArrayFile open(Path path, @Nullable String inputName) throws IOException {
    ArrayFile file = isArchive(path) ? ofArchive(path) : new ArrayFile(path, null);
    try {
      if (file.archive != null) {
        file.openEntries(file.archive);
      } else if (inputName != null) {
        String where = "file '" + path + "'";
        file.readers.put(
            inputName, NpyReader.open(Files.newInputStream(path), where, Files.size(path)));
      } else {
        throw new CalibrationException(
            "file '" + path + "' holds one array without a name, expected the name of its input");
      }
      file.checkSamples();
      return file;
    } catch (ZipException | EOFException e) {
      file.close();
      throw damaged(path, e);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  Path path() {
    return path;
  }

  /** Returns the arrays by name in the order of the file. */
  Map<String, NpyReader> arrays() {
    return Collections.unmodifiableMap(readers);
  }

  /** Returns the length of the first axis. */
  long sampleCount() {
    return readers.values().iterator().next().header().shape().dimension(0);
  }

  /** Passes over some samples, no more than are left, in all arrays. */
  void skip(long sampleCount) throws IOException {
    for (NpyReader reader : readers.values()) {
      NpyHeader header = reader.header();
      reader.skip(header.dataByteCount() / header.shape().dimension(0) * sampleCount);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      for (NpyReader reader : readers.values()) {
        reader.close();
      }
    } finally {
      if (archive != null) {
        archive.close();
      }
    }
  }

  private static boolean isArchive(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(
          path.toString(), null, "no such file, expected a .npy or .npz file or a folder of them");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] start = in.readNBytes(2);
      return start.length == 2 && start[0] == 'P' && start[1] == 'K';
    }
  }

  private static ArrayFile ofArchive(Path path) throws IOException {
    try {
      return new ArrayFile(path, new ZipFile(path.toFile()));
    } catch (ZipException | EOFException e) {
      throw damaged(path, e);
    }
  }

  private static CalibrationException damaged(Path path, IOException cause) {
    String reason = cause instanceof ZipException ? " (" + cause.getMessage() + ")" : "";
    return new CalibrationException(
        "file '" + path + "' is no whole .npz archive" + reason + ", it is truncated or damaged",
        cause);
  }

  private void openEntries(ZipFile zip) throws IOException {
    List<? extends ZipEntry> entries = Collections.list(zip.entries());
    for (ZipEntry entry : entries) {
      String name = entry.getName();
      String array =
          name.endsWith(ARRAY_SUFFIX)
              ? name.substring(0, name.length() - ARRAY_SUFFIX.length())
              : name;
      String where = "array '" + array + "' of file '" + path + "'";
      readers.put(array, NpyReader.open(zip.getInputStream(entry), where, entry.getSize()));
    }
    if (readers.isEmpty()) {
      throw new CalibrationException(
          "file '" + path + "' holds no array, expected one per input of the model");
    }
  }

  private void checkSamples() {
    List<String> counts = new ArrayList<>();
    boolean isUneven = false;
    for (Map.Entry<String, NpyReader> array : readers.entrySet()) {
      Shape shape = array.getValue().header().shape();
      if (shape.rank() == 0) {
        throw new CalibrationException(
            array.getValue().where() + " is a scalar, expected a first axis of samples");
      }
      isUneven |= shape.dimension(0) != sampleCount();
      counts.add(array.getKey() + " " + shape);
    }
    if (isUneven) {
      throw new CalibrationException(
          "file '%s' holds arrays of different sample counts (%s), expected equal first axes"
              .formatted(path, String.join(", ", counts)));
    }
  }
}
