/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/** Which channels a model takes and in which order. */
public enum ChannelOrder {
  /** Red, green, blue. */
  RGB,

  /** Blue, green, red, as OpenCV reads pictures. */
  BGR,

  /**
   * Luma alone: (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down, which is ITU-R BT.601
   * as Pillow's {@code convert("L")} computes it.
   */
  GRAY;

  /** Returns the number of channels, 1 or 3. */
  int channelCount() {
    return this == GRAY ? 1 : 3;
  }

  /** Returns which of red, green and blue, or of luma alone, a channel is. */
  int source(int channel) {
    return this == BGR ? 2 - channel : channel;
  }
}
