/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/** The rows of a decoded picture as 8-bit codes, read from the top down. Not thread-safe. */
interface PixelRows {

  /** Returns the number of columns. */
  int width();

  /** Returns the number of rows. */
  int height();

  /** Writes the red, green and blue codes of a row, pixel by pixel. */
  void read(int row, byte[] rgb);
}
