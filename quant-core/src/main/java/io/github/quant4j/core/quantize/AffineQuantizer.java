/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Turns float32 tensors into signed 8-bit codes and back.
 *
 * <p>Formula: {@code q = clamp(rint(x / scale) + zeroPoint, quantMin, quantMax)} and {@code x' = (q
 * - zeroPoint) * scale}, with the scale and zero point of the tensor or of the element's channel.
 *
 * <ul>
 *   <li>Domain: any float32 value. {@code x / scale} is a float32 division, {@code rint} rounds
 *       half to even: at scale 1, 0.5 gives 0, 1.5 gives 2, 2.5 gives 2 and -0.5 gives 0.
 *   <li>Values beyond the codes, infinite ones and quotients that overflow saturate at {@code
 *       quantMin} or {@code quantMax}.
 *   <li>NaN gives {@code quantMin}, as in ONNX Runtime on x86-64. Whoever wants it refused has to
 *       look for it before.
 *   <li>The way back is one float32 multiplication; it overflows to infinity only where {@code 255
 *       * scale} does.
 *   <li>Within the codes {@code |x' - x| <= scale / 2} but for float32 rounding.
 * </ul>
 *
 * <p>Cost: one pass; memory of a few kilobytes per call. Immutable and thread-safe.
 *
 * <p>Source: QuantizeLinear and DequantizeLinear of ONNX, opset 13.
 */
public final class AffineQuantizer {

  private static final int CHUNK_LENGTH = 4096;

  private final QuantizationParameters parameters;
  private final int quantMin;
  private final int quantMax;

  private AffineQuantizer(QuantizationParameters parameters, int quantMin, int quantMax) {
    this.parameters = parameters;
    this.quantMin = quantMin;
    this.quantMax = quantMax;
  }

  /**
   * Returns a quantizer.
   *
   * @param parameters scales and zero points; zero points from {@code quantMin} to {@code quantMax}
   * @param quantMin the smallest code, from -128
   * @param quantMax the largest code, to 127
   * @return the quantizer
   * @throws IllegalArgumentException if the codes are not an ascending range within [-128, 127] or
   *     a zero point is not one of them
   */
  public static AffineQuantizer of(QuantizationParameters parameters, int quantMin, int quantMax) {
    requireNonNull(parameters, "parameters");
    if (quantMin < Byte.MIN_VALUE || quantMin >= quantMax || quantMax > Byte.MAX_VALUE) {
      throw new IllegalArgumentException(
          "codes are [%d, %d], expected an ascending range within [-128, 127]"
              .formatted(quantMin, quantMax));
    }
    for (int i = 0; i < parameters.count(); i++) {
      int zeroPoint = parameters.zeroPoint(i);
      if (zeroPoint < quantMin || zeroPoint > quantMax) {
        throw new IllegalArgumentException(
            "zero point %d is %d, expected a code in [%d, %d]"
                .formatted(i, zeroPoint, quantMin, quantMax));
      }
    }
    return new AffineQuantizer(parameters, quantMin, quantMax);
  }

  /**
   * Turns numbers into codes.
   *
   * @param values float32 values of the shape in row-major order from position to limit, heap or
   *     direct; read only, not moved
   * @param shape the dimensions
   * @param codes takes one byte per element from its position on, exactly as many as remain; owned
   *     by the caller, not moved
   * @throws IllegalArgumentException if the sizes differ, or the parameters are per axis and the
   *     shape has not that axis with that many channels
   */
  public void quantize(FloatBuffer values, Shape shape, ByteBuffer codes) {
    requireSizes(values.remaining(), codes.remaining(), shape);
    ChannelRuns runs = ChannelRuns.of(parameters, shape);
    float[] chunk = new float[Math.min(CHUNK_LENGTH, values.remaining())];
    byte[] coded = new byte[chunk.length];
    int start = values.position();
    for (int done = 0; done < values.remaining(); done += chunk.length) {
      int length = Math.min(chunk.length, values.remaining() - done);
      values.get(start + done, chunk, 0, length);
      for (int at = 0; at < length; ) {
        int to = at + runs.take(length - at);
        quantize(chunk, at, to, runs.channelTaken(), coded);
        at = to;
      }
      codes.put(codes.position() + done, coded, 0, length);
    }
  }

  /**
   * Turns codes into the numbers they stand for.
   *
   * @param codes one byte per element of the shape in row-major order from position to limit, heap
   *     or direct; codes beyond the range of this quantizer are taken as they are; read only, not
   *     moved
   * @param shape the dimensions
   * @param values takes one float32 value per element from its position on, exactly as many as
   *     remain; owned by the caller, not moved
   * @throws IllegalArgumentException if the sizes differ, or the parameters are per axis and the
   *     shape has not that axis with that many channels
   */
  public void dequantize(ByteBuffer codes, Shape shape, FloatBuffer values) {
    requireSizes(values.remaining(), codes.remaining(), shape);
    ChannelRuns runs = ChannelRuns.of(parameters, shape);
    byte[] coded = new byte[Math.min(CHUNK_LENGTH, codes.remaining())];
    float[] chunk = new float[coded.length];
    int start = codes.position();
    for (int done = 0; done < codes.remaining(); done += coded.length) {
      int length = Math.min(coded.length, codes.remaining() - done);
      codes.get(start + done, coded, 0, length);
      for (int at = 0; at < length; ) {
        int to = at + runs.take(length - at);
        dequantize(coded, at, to, runs.channelTaken(), chunk);
        at = to;
      }
      values.put(values.position() + done, chunk, 0, length);
    }
  }

  /* Clamps before it rounds: the bounds are whole numbers, so the result is the same, and the first
   * comparison, false for NaN, picks the lower bound. */
  private void quantize(float[] values, int from, int to, int channel, byte[] codes) {
    float scale = parameters.scale(channel);
    int zeroPoint = parameters.zeroPoint(channel);
    float low = quantMin - zeroPoint;
    float high = quantMax - zeroPoint;
    for (int i = from; i < to; i++) {
      float quotient = values[i] / scale;
      float bounded = quotient > low ? quotient : low;
      bounded = bounded < high ? bounded : high;
      codes[i] = (byte) ((int) Math.rint(bounded) + zeroPoint);
    }
  }

  private void dequantize(byte[] codes, int from, int to, int channel, float[] values) {
    float scale = parameters.scale(channel);
    int zeroPoint = parameters.zeroPoint(channel);
    for (int i = from; i < to; i++) {
      values[i] = (codes[i] - zeroPoint) * scale;
    }
  }

  private static void requireSizes(int valueCount, int codeCount, Shape shape) {
    if (valueCount != shape.elementCount() || codeCount != shape.elementCount()) {
      throw new IllegalArgumentException(
          "buffers have %d values and %d codes remaining, expected %d of each for shape %s"
              .formatted(valueCount, codeCount, shape.elementCount(), shape));
    }
  }
}
