/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/**
 * One axis of a picture, the size it is scaled to, and what of that is kept where. Immutable and
 * thread-safe.
 *
 * @param length the number of pixels of the picture
 * @param scaledLength the number of pixels after scaling
 * @param first the first scaled pixel that is kept
 * @param count how many are kept
 * @param offset where the first one kept comes to lie
 */
record AxisPart(int length, long scaledLength, long first, int count, int offset) {

  /** Returns the whole of a scaled axis, in the middle of a longer one. */
  static AxisPart padded(int length, int scaledLength, int size) {
    return new AxisPart(length, scaledLength, 0, scaledLength, (size - scaledLength) / 2);
  }

  /** Returns the middle of a scaled axis. */
  static AxisPart cropped(int length, long scaledLength, int size) {
    long first = (long) Math.rint((scaledLength - size) / 2.0);
    return new AxisPart(length, scaledLength, first, size, 0);
  }

  /** Returns how far apart, in pixels of the picture, neighbouring scaled ones are. */
  double step() {
    return (double) length / scaledLength;
  }
}
