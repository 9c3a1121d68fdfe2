/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a small array that NumPy saved, labels for example. Thread-safe: no state. */
public final class NpyFile {

  private NpyFile() {}

  /**
   * Returns the whole array of a .npy file.
   *
   * @param path a .npy file of at most 2^31 - 1 bytes of elements, of the types that {@link
   *     NumpySource} reads; a scalar has shape []
   * @return the array
   * @throws IOException if the file does not exist or cannot be read
   * @throws CalibrationException if the file is no NumPy array, is truncated, too large or holds
   *     elements of unsupported type or order
   */
  public static Tensor read(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(
          path.toString(), null, "no such file, expected an array saved by numpy.save");
    }
    String where = "file '" + path + "'";
    try (NpyReader reader = NpyReader.open(Files.newInputStream(path), where, Files.size(path))) {
      NpyHeader header = reader.header();
      if (header.dataByteCount() > Integer.MAX_VALUE) {
        throw new CalibrationException(
            "%s holds %s bytes of elements, expected at most 2^31 - 1"
                .formatted(where, header.dataByteCount()));
      }
      byte[] bytes = new byte[(int) header.dataByteCount()];
      reader.read(bytes, 0, bytes.length);
      return Tensor.of(header.elementType(), header.shape(), ByteBuffer.wrap(bytes));
    }
  }
}
