/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.tensor.Shape;

/**
 * Walks the elements of a row-major tensor in runs of one channel each.
 *
 * <p>A run is as long as the product of the axes behind the channel axis, and the channels take
 * turns; without an axis the whole tensor is one run of channel 0. Not thread-safe.
 */
final class ChannelRuns {

  private final int channelCount;
  private final int runLength;
  private int channel;
  private int left;
  private int channelTaken;

  private ChannelRuns(int channelCount, int runLength) {
    this.channelCount = channelCount;
    this.runLength = runLength;
    this.left = runLength;
  }

  /** Returns the runs of a tensor of at most 2^31 - 1 elements. */
  static ChannelRuns of(QuantizationParameters parameters, Shape shape) {
    if (!parameters.isPerAxis()) {
      return new ChannelRuns(1, Math.toIntExact(shape.elementCount()));
    }
    int axis = parameters.axis().getAsInt();
    if (axis >= shape.rank() || shape.dimension(axis) != parameters.count()) {
      throw new IllegalArgumentException(
          "shape is %s, expected %d channels on axis %d"
              .formatted(shape, parameters.count(), axis));
    }
    long runLength = 1;
    for (int inner = axis + 1; inner < shape.rank() && shape.elementCount() > 0; inner++) {
      runLength *= shape.dimension(inner);
    }
    return new ChannelRuns(parameters.count(), Math.toIntExact(runLength));
  }

  /** Takes at most {@code limit} elements of the current run and returns how many. */
  int take(int limit) {
    int taken = Math.min(left, limit);
    channelTaken = channel;
    left -= taken;
    if (left == 0) {
      left = runLength;
      channel = channel + 1 == channelCount ? 0 : channel + 1;
    }
    return taken;
  }

  /** Returns the channel of the elements taken last. */
  int channelTaken() {
    return channelTaken;
  }
}
