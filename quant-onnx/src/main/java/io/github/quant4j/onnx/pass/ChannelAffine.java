/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * The map {@code y[k] = factor[k] * x[k] + shift[k]} of the channels k of a tensor, in float64.
 * Immutable and thread-safe.
 */
public final class ChannelAffine {
  private final double[] factors;
  private final double[] shifts;

  private ChannelAffine(double[] factors, double[] shifts) {
    this.factors = factors;
    this.shifts = shifts;
  }

  /** Returns the map of the given factors and shifts; both are kept, not copied. */
  static ChannelAffine of(double[] factors, double[] shifts) {
    return new ChannelAffine(factors, shifts);
  }

  static ChannelAffine identity(int channelCount) {
    return scaling(ones(channelCount));
  }

  /** Returns the map that only multiplies; the factors are kept, not copied. */
  static ChannelAffine scaling(double[] factors) {
    return new ChannelAffine(factors, new double[factors.length]);
  }

  /** Returns the map that only adds; the shifts are kept, not copied. */
  static ChannelAffine shifting(double[] shifts) {
    return new ChannelAffine(ones(shifts.length), shifts);
  }

  /** Returns the map that does this first and the other after it. */
  ChannelAffine then(ChannelAffine next) {
    double[] composedFactors = new double[factors.length];
    double[] composedShifts = new double[factors.length];
    for (int k = 0; k < factors.length; k++) {
      composedFactors[k] = factors[k] * next.factors[k];
      composedShifts[k] = shifts[k] * next.factors[k] + next.shifts[k];
    }
    return new ChannelAffine(composedFactors, composedShifts);
  }

  /**
   * Returns what a channel is multiplied by.
   *
   * @param channel the channel, from 0
   * @return the factor
   */
  public double factor(int channel) {
    return factors[channel];
  }

  /**
   * Returns what is added to a channel after that.
   *
   * @param channel the channel, from 0
   * @return the shift
   */
  public double shift(int channel) {
    return shifts[channel];
  }

  /**
   * Returns the number of channels.
   *
   * @return the count
   */
  public int channelCount() {
    return factors.length;
  }

  boolean isScaling() {
    return DoubleStream.of(factors).anyMatch(factor -> factor != 1);
  }

  boolean isShifting() {
    return DoubleStream.of(shifts).anyMatch(shift -> shift != 0);
  }

  /** Tells whether every number of the map is finite in float32. */
  boolean isFinite() {
    return DoubleStream.concat(DoubleStream.of(factors), DoubleStream.of(shifts))
        .allMatch(number -> Float.isFinite((float) number));
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
