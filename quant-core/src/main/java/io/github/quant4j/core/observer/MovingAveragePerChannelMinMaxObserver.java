/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps, for every channel, an exponential moving average of the smallest and the largest finite
 * value of each batch.
 *
 * <p>Each channel, that is each index on one axis, behaves as a {@link MovingAverageMinMaxObserver}
 * of its own: a batch without a finite value of the channel leaves its average as it is, and the
 * result depends on the order and the size of the batches.
 *
 * <p>Cost: that of {@link PerChannelMinMaxObserver}; memory in proportion to the number of
 * channels.
 *
 * <p>Not thread-safe; give every thread its own observer and {@code combine} them.
 *
 * <p>Source: {@code torch.ao.quantization.MovingAveragePerChannelMinMaxObserver}.
 */
public final class MovingAveragePerChannelMinMaxObserver implements Observer {

  private final float[] chunk = MinMaxObserver.newChunk();
  private final int axis;
  private final float averagingConstant;
  private MovingAverage[] averages = {};
  private long count;
  private long nonFiniteCount;

  private MovingAveragePerChannelMinMaxObserver(int axis, float averagingConstant) {
    this.axis = Elements.requireAxis(axis);
    this.averagingConstant = MovingAverage.requireConstant(averagingConstant);
  }

  /**
   * Returns an observer that has seen nothing, with the averaging constant {@link
   * MovingAverageMinMaxObserver#DEFAULT_AVERAGING_CONSTANT}.
   *
   * @param axis the axis of the channels, from 0
   * @return a new observer
   * @throws IllegalArgumentException if the axis is negative
   */
  public static MovingAveragePerChannelMinMaxObserver create(int axis) {
    return create(axis, MovingAverageMinMaxObserver.DEFAULT_AVERAGING_CONSTANT);
  }

  /**
   * Returns an observer that has seen nothing.
   *
   * @param axis the axis of the channels, from 0
   * @param averagingConstant the weight of a new batch, above 0, at most 1
   * @return a new observer
   * @throws IllegalArgumentException if the axis is negative or the constant out of range
   */
  public static MovingAveragePerChannelMinMaxObserver create(int axis, float averagingConstant) {
    return new MovingAveragePerChannelMinMaxObserver(axis, averagingConstant);
  }

  /**
   * Takes in one batch.
   *
   * @param values float32 values of the shape in row-major order from position to limit, heap or
   *     direct; read only, neither kept nor moved
   * @param shape the dimensions, of the same length on the axis in every call
   * @throws IllegalArgumentException if the number of values is not that of the shape, the shape
   *     has not the axis, or the number of channels differs from that of an earlier call
   */
  @Override
  public void observe(FloatBuffer values, Shape shape) {
    PerChannelMinMaxObserver batch = new PerChannelMinMaxObserver(axis, chunk);
    batch.observe(values, shape);
    requireChannels(batch.channelCount());
    for (int channel = 0; channel < averages.length; channel++) {
      batch.range(channel).ifPresent(averages[channel]::add);
    }
    count += batch.count();
    nonFiniteCount += batch.nonFiniteCount();
  }

  /**
   * Takes, for every channel, the mean of this average and that of another observer, weighted by
   * the numbers of batches in which the channel had a finite value; see {@link
   * MovingAverageMinMaxObserver#combine}.
   *
   * @param other an observer of the same axis and averaging constant that has seen the same number
   *     of channels, or nothing; left as it is
   * @return this observer
   * @throws IllegalArgumentException if the axes, the constants or the numbers of channels differ
   */
  public MovingAveragePerChannelMinMaxObserver combine(
      MovingAveragePerChannelMinMaxObserver other) {
    if (other.axis != axis || other.averagingConstant != averagingConstant) {
      throw new IllegalArgumentException(
          "other observes axis %s with averagingConstant %s, expected axis %s with %s"
              .formatted(other.axis, other.averagingConstant, axis, averagingConstant));
    }
    if (other.averages.length > 0) {
      requireChannels(other.averages.length);
      for (int channel = 0; channel < averages.length; channel++) {
        averages[channel].combine(other.averages[channel]);
      }
    }
    count += other.count;
    nonFiniteCount += other.nonFiniteCount;
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
   * Returns the weight of a new batch.
   *
   * @return the constant, above 0, at most 1
   */
  public float averagingConstant() {
    return averagingConstant;
  }

  /**
   * Returns the number of channels.
   *
   * @return the count, 0 before the first values
   */
  public int channelCount() {
    return averages.length;
  }

  /**
   * Returns the number of finite values seen, over all channels.
   *
   * @return the count, from 0
   */
  @Override
  public long count() {
    return count;
  }

  /**
   * Returns the number of NaN and infinite values seen, over all channels.
   *
   * @return the count, from 0
   */
  @Override
  public long nonFiniteCount() {
    return nonFiniteCount;
  }

  /**
   * Returns the average of the ranges of one channel.
   *
   * @param channel the channel, from 0
   * @return the range, or empty when the channel had no finite value
   * @throws IndexOutOfBoundsException if there is no such channel
   */
  public Optional<ValueRange> range(int channel) {
    return averages[Objects.checkIndex(channel, averages.length)].range();
  }

  private void requireChannels(int channelCount) {
    if (averages.length == 0) {
      averages = new MovingAverage[channelCount];
      for (int channel = 0; channel < channelCount; channel++) {
        averages[channel] = new MovingAverage(averagingConstant);
      }
    }
    Elements.requireChannels(axis, channelCount, averages.length);
  }
}
