/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import io.github.quant4j.core.qparams.CodeLimits;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizedType;

/**
 * Codes of at most 16 bits, in float32 loops that the compiler turns into vector instructions.
 *
 * <p>Between 2^23 and 2^24 neighbouring floats are 1 apart. Adding {@code 1.5 * 2^23} to a number
 * of magnitude below 2^22 thus rounds it to a whole number, half to even, and leaves that number in
 * the low bits of the sum. Clamping comes first: the bounds are whole numbers, so the result is the
 * same, and what is rounded lies within {@code 2 * 65535}. The zero point is added after rounding,
 * which is exact. A benchmark, {@code QuantizeBenchmark}, measures it against the plain loop.
 */
final class NarrowKernel implements CodeKernel {

  private static final float MAGIC = 0x1.8p23f;

  /* Set in the bits of every NaN, and in those of no float between 2^23 and 2^24. */
  private static final int NAN_BIT = 1 << 29;

  private final CodeFormat format;
  private final boolean isSigned;
  private final float quantMin;
  private final float[] scales;
  private final float[] lows;
  private final float[] highs;
  private final float[] zeroPoints;

  NarrowKernel(QuantizationParameters parameters, QuantizedType type, CodeLimits limits) {
    this.format = CodeFormat.of(type);
    this.isSigned = type.isSigned();
    this.quantMin = limits.minimum();
    this.scales = parameters.scales();
    this.lows = new float[scales.length];
    this.highs = new float[scales.length];
    this.zeroPoints = new float[scales.length];
    for (int i = 0; i < scales.length; i++) {
      int zeroPoint = parameters.zeroPoint(i);
      lows[i] = limits.minimum() - zeroPoint;
      highs[i] = limits.maximum() - zeroPoint;
      zeroPoints[i] = zeroPoint;
    }
  }

  @Override
  public void quantize(float[] values, int length, ScaleRuns runs, byte[] codes) {
    for (int at = 0; at < length; ) {
      int to = at + runs.take(length - at);
      round(values, at, to, runs);
      at = to;
    }
    if ((format.encode(values, length, codes) & NAN_BIT) != 0) {
      replaceNaN(values, 0, length);
      format.encode(values, length, codes);
    }
  }

  @Override
  public void dequantize(byte[] codes, int length, ScaleRuns runs, float[] values) {
    format.decode(codes, length, isSigned, values);
    for (int at = 0; at < length; ) {
      int to = at + runs.take(length - at);
      restore(values, at, to, runs);
      at = to;
    }
  }

  @Override
  public void fakeQuantize(float[] values, int length, ScaleRuns runs) {
    for (int at = 0; at < length; ) {
      int to = at + runs.take(length - at);
      round(values, at, to, runs);
      replaceNaN(values, at, to);
      for (int i = at; i < to; i++) {
        values[i] -= MAGIC;
      }
      restore(values, at, to, runs);
      at = to;
    }
  }

  private void round(float[] values, int from, int to, ScaleRuns runs) {
    int first = runs.firstScale();
    if (runs.isPerElement()) {
      roundEach(values, from, to, first - from);
    } else {
      roundAll(values, from, to, first);
    }
  }

  private void roundAll(float[] values, int from, int to, int channel) {
    float scale = scales[channel];
    float low = lows[channel];
    float high = highs[channel];
    float zeroPoint = zeroPoints[channel];
    for (int i = from; i < to; i++) {
      values[i] = Math.min(Math.max(values[i] / scale, low), high) + MAGIC + zeroPoint;
    }
  }

  private void roundEach(float[] values, int from, int to, int shift) {
    for (int i = from; i < to; i++) {
      float bounded = Math.max(values[i] / scales[i + shift], lows[i + shift]);
      values[i] = Math.min(bounded, highs[i + shift]) + MAGIC + zeroPoints[i + shift];
    }
  }

  private void restore(float[] values, int from, int to, ScaleRuns runs) {
    int first = runs.firstScale();
    if (runs.isPerElement()) {
      restoreEach(values, from, to, first - from);
    } else {
      restoreAll(values, from, to, first);
    }
  }

  private void restoreAll(float[] values, int from, int to, int channel) {
    float scale = scales[channel];
    float zeroPoint = zeroPoints[channel];
    for (int i = from; i < to; i++) {
      values[i] = (values[i] - zeroPoint) * scale;
    }
  }

  private void restoreEach(float[] values, int from, int to, int shift) {
    for (int i = from; i < to; i++) {
      values[i] = (values[i] - zeroPoints[i + shift]) * scales[i + shift];
    }
  }

  private void replaceNaN(float[] biased, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Float.isNaN(biased[i])) {
        biased[i] = MAGIC + quantMin;
      }
    }
  }
}
