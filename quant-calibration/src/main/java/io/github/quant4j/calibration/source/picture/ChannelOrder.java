/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/** Which channels a model takes and in which order. */
public enum ChannelOrder {
  /** Red, green, blue. */
  RGB(0, 1, 2),

  /** Blue, green, red, as OpenCV reads pictures. */
  BGR(2, 1, 0),

  /**
   * Luma alone: (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down, which is ITU-R BT.601
   * as Pillow's {@code convert("L")} computes it.
   */
  GRAY(0);

  private final int[] sources;

  ChannelOrder(int... sources) {
    this.sources = sources;
  }

  /** Returns the number of channels, 1 or 3. */
  int channelCount() {
    return sources.length;
  }

  /** Returns which of red, green and blue, or of luma alone, a channel is. */
  int source(int channel) {
    return sources[channel];
  }
}
