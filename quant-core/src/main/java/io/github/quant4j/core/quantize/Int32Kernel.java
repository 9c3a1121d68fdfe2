/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import io.github.quant4j.core.qparams.CodeLimits;
import io.github.quant4j.core.qparams.QuantizationParameters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Codes of 32 bits, which float32 cannot hold: quotients are float32, sums and bounds double. */
final class Int32Kernel implements CodeKernel {

  private final QuantizationParameters parameters;
  private final CodeLimits limits;

  Int32Kernel(QuantizationParameters parameters, CodeLimits limits) {
    this.parameters = parameters;
    this.limits = limits;
  }

  @Override
  public void quantize(float[] values, int length, ScaleRuns runs, byte[] codes) {
    ByteBuffer out = littleEndian(codes);
    for (int at = 0; at < length; ) {
      int to = at + runs.take(length - at);
      for (int i = at; i < to; i++) {
        out.putInt(i * Integer.BYTES, code(values[i], scaleOf(i - at, runs)));
      }
      at = to;
    }
  }

  @Override
  public void dequantize(byte[] codes, int length, ScaleRuns runs, float[] values) {
    ByteBuffer in = littleEndian(codes);
    for (int at = 0; at < length; ) {
      int to = at + runs.take(length - at);
      for (int i = at; i < to; i++) {
        values[i] = value(in.getInt(i * Integer.BYTES), scaleOf(i - at, runs));
      }
      at = to;
    }
  }

  @Override
  public void fakeQuantize(float[] values, int length, ScaleRuns runs) {
    for (int at = 0; at < length; ) {
      int to = at + runs.take(length - at);
      for (int i = at; i < to; i++) {
        int scale = scaleOf(i - at, runs);
        values[i] = value(code(values[i], scale), scale);
      }
      at = to;
    }
  }

  private int code(float value, int scale) {
    double code = Math.rint(value / parameters.scale(scale)) + parameters.zeroPoint(scale);
    return code > limits.minimum() ? (int) Math.min(code, limits.maximum()) : limits.minimum();
  }

  private float value(int code, int scale) {
    return (float) ((long) code - parameters.zeroPoint(scale)) * parameters.scale(scale);
  }

  private static int scaleOf(int index, ScaleRuns runs) {
    return runs.firstScale() + (runs.isPerElement() ? index : 0);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
