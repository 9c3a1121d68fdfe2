/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes a sample of a picture file: decodes, scales, normalizes. Immutable and thread-safe.
 *
 * @param decoder reads the file
 * @param scaler brings it to size
 * @param format writes the elements
 */
record PictureLoader(PictureDecoder decoder, PictureScaler scaler, SampleFormat format) {

  /**
   * Returns the bytes of one sample.
   *
   * @throws IOException if the file cannot be opened
   * @throws UndecodableException if it holds no whole picture that can be read
   */
  byte[] load(Path path) throws IOException, UndecodableException {
    return format.encode(scaler.scale(decoder.decode(path)));
  }
}
