/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.qparams.CodeLimits;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.qparams.QuantizedType;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Turns float32 tensors into integer codes and back.
 *
 * <p>Formula: {@code q = clamp(rint(x / scale) + zeroPoint, quantMin, quantMax)} and {@code x' = (q
 * - zeroPoint) * scale}, with the scale and zero point of the tensor or of the element's channel or
 * block.
 *
 * <ul>
 *   <li>Domain: any float32 value. {@code x / scale} is a float32 division, {@code rint} rounds
 *       half to even: at scale 1, 0.5 gives 0, 1.5 gives 2, 2.5 gives 2 and -0.5 gives 0.
 *   <li>Values beyond the codes, infinite ones and quotients that overflow saturate at {@code
 *       quantMin} or {@code quantMax}.
 *   <li>NaN gives {@code quantMin}. Whoever wants it refused has to look for it before.
 *   <li>ONNX Runtime 1.30 gives the same codes bit by bit on x86-64, but in some kernels for
 *       channels and blocks, where quotients beyond int32, infinite ones and NaN overflow, so that
 *       positive infinity may become the lowest code. Here they saturate as the operator says.
 *   <li>The way back is one float32 multiplication; it overflows to infinity only where {@code (q -
 *       zeroPoint) * scale} does. Codes of 32 bits are rounded to float32 first, as ONNX Runtime
 *       does; quantizing to them divides in float32, which bounds their precision to 24 bits.
 *   <li>Within the codes {@code |x' - x| <= scale / 2} but for float32 rounding. 0 gives 0 exactly.
 * </ul>
 *
 * <p>Codes lie in row-major order, little-endian, in the width of their type. Codes of 4 bits are
 * packed two a byte, the first in the low half; a tensor of odd size ends with a half byte of 0.
 *
 * <p>Cost: one pass; memory of a few kilobytes per call, and four floats per scale. Immutable and
 * thread-safe.
 *
 * <p>Source: QuantizeLinear and DequantizeLinear of ONNX, opset 21, and their composition, the fake
 * quantization of Jacob et al., "Quantization and Training of Neural Networks for Efficient
 * Integer-Arithmetic-Only Inference", 2018, arXiv:1712.05877.
 */
public final class AffineQuantizer {

  private static final int CHUNK_LENGTH = 4096; // even, so that chunks begin with a whole byte

  private final QuantizationParameters parameters;
  private final QuantizedType type;
  private final CodeKernel kernel;

  private AffineQuantizer(
      QuantizationParameters parameters, QuantizedType type, CodeLimits limits) {
    this.parameters = parameters;
    this.type = type;
    this.kernel =
        type == QuantizedType.INT32
            ? new Int32Kernel(parameters, limits)
            : new NarrowKernel(parameters, type, limits);
  }

  /**
   * Returns a quantizer to signed 8-bit codes.
   *
   * @param parameters scales and zero points; zero points from {@code quantMin} to {@code quantMax}
   * @param quantMin the smallest code, from -128
   * @param quantMax the largest code, to 127
   * @return the quantizer
   * @throws IllegalArgumentException if the codes are not an ascending range within [-128, 127] or
   *     a zero point is not one of them
   */
  public static AffineQuantizer of(QuantizationParameters parameters, int quantMin, int quantMax) {
    return of(parameters, QuantizedType.INT8, new CodeLimits(quantMin, quantMax));
  }

  /**
   * Returns a quantizer to the codes of a spec.
   *
   * @param parameters scales and zero points, which also say what elements share them; zero points
   *     within {@link QuantizationSpec#limits}
   * @param spec type and codes; scheme and granularity are left out of account
   * @return the quantizer
   * @throws IllegalArgumentException if a zero point is not one of the codes
   */
  public static AffineQuantizer of(QuantizationParameters parameters, QuantizationSpec spec) {
    return of(parameters, spec.type(), spec.limits());
  }

  /**
   * Returns a quantizer to some codes of a type.
   *
   * @param parameters scales and zero points; zero points within the limits
   * @param type the type of the codes
   * @param limits the smallest and largest code in use, within the type
   * @return the quantizer
   * @throws IllegalArgumentException if the limits are not codes of the type or a zero point is not
   *     within them
   */
  public static AffineQuantizer of(
      QuantizationParameters parameters, QuantizedType type, CodeLimits limits) {
    requireNonNull(parameters, "parameters");
    if (limits.minimum() < type.minimum() || limits.maximum() > type.maximum()) {
      throw new IllegalArgumentException(
          "codes are %s, expected an ascending range within [%s, %s] of %s"
              .formatted(limits, type.minimum(), type.maximum(), type.elementType()));
    }
    for (int i = 0; i < parameters.count(); i++) {
      if (!limits.contains(parameters.zeroPoint(i))) {
        throw new IllegalArgumentException(
            "zero point %s is %s, expected a code in %s"
                .formatted(i, parameters.zeroPoint(i), limits));
      }
    }
    return new AffineQuantizer(parameters, type, limits);
  }

  /**
   * Returns the type of the codes.
   *
   * @return the type
   */
  public QuantizedType type() {
    return type;
  }

  /**
   * Returns the size of the codes of a tensor.
   *
   * @param shape the dimensions
   * @return bytes, the last one padded when the codes do not fill it
   * @throws ArithmeticException if the number of bits does not fit a {@code long}
   */
  public long byteSize(Shape shape) {
    long bits = Math.multiplyExact(shape.elementCount(), (long) type.bits());
    return bits / Byte.SIZE + (bits % Byte.SIZE == 0 ? 0 : 1);
  }

  /**
   * Turns numbers into codes.
   *
   * @param values float32 values of the shape in row-major order from position to limit, heap or
   *     direct; read only, not moved
   * @param shape the dimensions
   * @param codes takes {@link #byteSize} bytes from its position on, exactly as many as remain; the
   *     byte order that it is set to does not matter; owned by the caller, not moved
   * @throws IllegalArgumentException if the sizes differ, or the scales are not as many as the
   *     shape has channels or blocks
   */
  public void quantize(FloatBuffer values, Shape shape, ByteBuffer codes) {
    requireSizes(values.remaining(), codes.remaining(), shape);
    ScaleRuns runs = ScaleRuns.of(parameters, shape);
    float[] chunk = new float[Math.min(CHUNK_LENGTH, values.remaining())];
    byte[] coded = new byte[byteCount(chunk.length)];
    for (int done = 0; done < values.remaining(); done += chunk.length) {
      int length = Math.min(chunk.length, values.remaining() - done);
      values.get(values.position() + done, chunk, 0, length);
      kernel.quantize(chunk, length, runs, coded);
      codes.put(codes.position() + byteCount(done), coded, 0, byteCount(length));
    }
  }

  /**
   * Turns codes into the numbers they stand for.
   *
   * @param codes {@link #byteSize} bytes from position to limit, heap or direct; codes beyond the
   *     limits of this quantizer are taken as they are; read only, not moved
   * @param shape the dimensions
   * @param values takes one float32 value per element from its position on, exactly as many as
   *     remain; owned by the caller, not moved
   * @throws IllegalArgumentException if the sizes differ, or the scales are not as many as the
   *     shape has channels or blocks
   */
  public void dequantize(ByteBuffer codes, Shape shape, FloatBuffer values) {
    requireSizes(values.remaining(), codes.remaining(), shape);
    ScaleRuns runs = ScaleRuns.of(parameters, shape);
    float[] chunk = new float[Math.min(CHUNK_LENGTH, values.remaining())];
    byte[] coded = new byte[byteCount(chunk.length)];
    for (int done = 0; done < values.remaining(); done += chunk.length) {
      int length = Math.min(chunk.length, values.remaining() - done);
      codes.get(codes.position() + byteCount(done), coded, 0, byteCount(length));
      kernel.dequantize(coded, length, runs, chunk);
      values.put(values.position() + done, chunk, 0, length);
    }
  }

  /**
   * Turns numbers into those that their codes stand for, bit by bit as {@link #quantize} and {@link
   * #dequantize} do one after the other.
   *
   * @param values float32 values of the shape in row-major order from position to limit, heap or
   *     direct; read only, not moved
   * @param shape the dimensions
   * @param results takes one float32 value per element from its position on, exactly as many as
   *     remain; may be {@code values} itself; owned by the caller, not moved
   * @throws IllegalArgumentException if the sizes differ, or the scales are not as many as the
   *     shape has channels or blocks
   */
  public void fakeQuantize(FloatBuffer values, Shape shape, FloatBuffer results) {
    if (values.remaining() != shape.elementCount() || results.remaining() != values.remaining()) {
      throw new IllegalArgumentException(
          "buffers have %s values and %s results remaining, expected %s of each for shape %s"
              .formatted(values.remaining(), results.remaining(), shape.elementCount(), shape));
    }
    ScaleRuns runs = ScaleRuns.of(parameters, shape);
    float[] chunk = new float[Math.min(CHUNK_LENGTH, values.remaining())];
    for (int done = 0; done < values.remaining(); done += chunk.length) {
      int length = Math.min(chunk.length, values.remaining() - done);
      values.get(values.position() + done, chunk, 0, length);
      kernel.fakeQuantize(chunk, length, runs);
      results.put(results.position() + done, chunk, 0, length);
    }
  }

  private int byteCount(int codeCount) {
    return Math.toIntExact(((long) codeCount * type.bits() + Byte.SIZE - 1) / Byte.SIZE);
  }

  private void requireSizes(int valueCount, int byteCount, Shape shape) {
    if (valueCount != shape.elementCount() || byteCount != byteCount(valueCount)) {
      throw new IllegalArgumentException(
          "buffers have %s values and %s bytes of codes remaining, expected %s and %s for %s%s"
              .formatted(
                  valueCount,
                  byteCount,
                  shape.elementCount(),
                  byteSize(shape),
                  type.elementType(),
                  shape));
    }
  }
}
