/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps the smallest and the largest finite value seen of every channel, that is of every index on
 * one axis.
 *
 * <p>Formula: {@code minimum[c] = min(x_i), maximum[c] = max(x_i)} over all finite {@code x_i}
 * whose index on the axis is {@code c}. Each channel behaves as a {@link MinMaxObserver} of its
 * own: a channel without a finite value has no range, NaN and infinite values are counted apart,
 * the result is exact and the same for every order.
 *
 * <p>Cost: one pass over the values; memory in proportion to the number of channels. Nothing is
 * allocated per call after the first.
 *
 * <p>Not thread-safe; give every thread its own observer and {@code combine} them.
 *
 * <p>Source: {@code PerChannelMinMaxObserver} of PyTorch, without its widening of the range to
 * zero.
 */
public final class PerChannelMinMaxObserver implements Observer {

  private final int axis;
  private final float[] chunk;
  private MinMaxObserver[] channels = {};

  /** Creates an observer that reads buffers through an array of the caller. */
  PerChannelMinMaxObserver(int axis, float[] chunk) {
    this.axis = Elements.requireAxis(axis);
    this.chunk = chunk;
  }

  /**
   * Returns an observer that has seen nothing.
   *
   * @param axis the axis of the channels, from 0
   * @return a new observer
   * @throws IllegalArgumentException if the axis is negative
   */
  public static PerChannelMinMaxObserver create(int axis) {
    return new PerChannelMinMaxObserver(axis, MinMaxObserver.newChunk());
  }

  /**
   * Takes in the values of a tensor.
   *
   * @param values float32 values of the shape in row-major order from position to limit, heap or
   *     direct; read only, neither kept nor moved
   * @param shape the dimensions, of the same length on the axis in every call
   * @throws IllegalArgumentException if the number of values is not that of the shape, the shape
   *     has not the axis, or the number of channels differs from that of an earlier call
   */
  @Override
  public void observe(FloatBuffer values, Shape shape) {
    Elements.requireCount(values, shape);
    if (axis >= shape.rank()) {
      throw new IllegalArgumentException(
          "shape is " + shape + ", expected more than " + axis + " axes");
    }
    requireChannels(Math.toIntExact(shape.dimension(axis)));
    if (values.hasRemaining()) {
      int runLength = 1;
      for (int inner = axis + 1; inner < shape.rank(); inner++) {
        runLength = Math.toIntExact(runLength * shape.dimension(inner));
      }
      observeRuns(values, runLength);
    }
  }

  /**
   * Takes in all that another observer has seen.
   *
   * @param other an observer of the same axis that has seen the same number of channels, or
   *     nothing; left as it is
   * @return this observer
   * @throws IllegalArgumentException if the axes or the numbers of channels differ
   */
  public PerChannelMinMaxObserver combine(PerChannelMinMaxObserver other) {
    if (other.axis != axis) {
      throw new IllegalArgumentException(
          "other observes axis " + other.axis + ", expected axis " + axis);
    }
    if (other.channels.length > 0) {
      requireChannels(other.channels.length);
      for (int channel = 0; channel < channels.length; channel++) {
        channels[channel].combine(other.channels[channel]);
      }
    }
    return this;
  }

  /**
   * Returns the axis of the channels.
   *
   * @return the axis, from 0
   */
  public int axis() {
    return axis;
  }

  /**
   * Returns the number of channels.
   *
   * @return the count, 0 before the first values
   */
  public int channelCount() {
    return channels.length;
  }

  /**
   * Returns the number of finite values seen, over all channels.
   *
   * @return the count, from 0
   */
  @Override
  public long count() {
    long sum = 0;
    for (MinMaxObserver channel : channels) {
      sum += channel.count();
    }
    return sum;
  }

  /**
   * Returns the number of NaN and infinite values seen, over all channels.
   *
   * @return the count, from 0
   */
  @Override
  public long nonFiniteCount() {
    long sum = 0;
    for (MinMaxObserver channel : channels) {
      sum += channel.nonFiniteCount();
    }
    return sum;
  }

  /**
   * Returns the range of the finite values of one channel.
   *
   * @param channel the channel, from 0
   * @return the range, or empty when the channel had no finite value
   * @throws IndexOutOfBoundsException if there is no such channel
   */
  public Optional<ValueRange> range(int channel) {
    return channels[Objects.checkIndex(channel, channels.length)].range();
  }

  private void requireChannels(int channelCount) {
    if (channels.length == 0) {
      channels = new MinMaxObserver[channelCount];
      for (int channel = 0; channel < channelCount; channel++) {
        channels[channel] = new MinMaxObserver(chunk);
      }
    }
    Elements.requireChannels(axis, channelCount, channels.length);
  }

  /*
   * In row-major order the values of one channel come in runs as long as the product of the axes
   * behind it, and the channels take turns. A chunk may begin and end within a run.
   */
  private void observeRuns(FloatBuffer values, int runLength) {
    int channel = 0;
    int left = runLength;
    int end = values.limit();
    for (int from = values.position(); from < end; ) {
      int length = Math.min(chunk.length, end - from);
      values.get(from, chunk, 0, length);
      from += length;
      for (int at = 0; at < length; ) {
        int run = Math.min(left, length - at);
        channels[channel].observe(chunk, at, at + run);
        at += run;
        left -= run;
        if (left == 0) {
          left = runLength;
          channel = channel + 1 == channels.length ? 0 : channel + 1;
        }
      }
    }
  }
}
