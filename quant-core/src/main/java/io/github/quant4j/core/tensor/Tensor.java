/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Objects;

/**
 * An immutable view of a tensor: element type, shape and little-endian row-major bytes.
 *
 * <p>The bytes lie in a heap or direct buffer that is not copied and cannot be written through this
 * class. Whoever made the buffer may still do so; from then on it should be left alone as long as
 * the tensor is in use. One tensor holds at most 2^31 - 1 bytes, the limit of a {@link ByteBuffer}.
 *
 * <p>Thread-safe as long as nobody writes to the buffer below. Tensors are compared by identity.
 */
public final class Tensor {

  private final ElementType elementType;
  private final Shape shape;
  private final ByteBuffer bytes;

  private Tensor(ElementType elementType, Shape shape, ByteBuffer bytes) {
    this.elementType = elementType;
    this.shape = shape;
    this.bytes = bytes;
  }

  /**
   * Returns a view of the remaining bytes of a buffer.
   *
   * @param elementType the type of the elements, any but {@link ElementType#STRING}
   * @param shape the dimensions
   * @param bytes little-endian row-major elements from position to limit, whatever the byte order
   *     that the buffer is set to; types narrower than a byte are packed and the last byte padded;
   *     not copied, its position is not moved
   * @return the tensor
   * @throws IllegalArgumentException if the buffer does not hold exactly the bytes of the shape, or
   *     the type is {@link ElementType#STRING}
   */
  public static Tensor of(ElementType elementType, Shape shape, ByteBuffer bytes) {
    requireNonNull(elementType, "elementType");
    requireNonNull(shape, "shape");
    if (elementType == ElementType.STRING) {
      throw new IllegalArgumentException("elementType is string, expected a type of fixed width");
    }
    long expected = byteSize(elementType, shape.elementCount());
    if (bytes.remaining() != expected) {
      throw new IllegalArgumentException(
          "bytes has %s bytes remaining, expected %s for %s%s"
              .formatted(bytes.remaining(), expected, elementType, shape));
    }
    return new Tensor(elementType, shape, bytes.slice().asReadOnlyBuffer());
  }

  /**
   * Returns a float tensor.
   *
   * @param shape the dimensions
   * @param values the elements in row-major order, copied
   * @return the tensor
   * @throws IllegalArgumentException if the number of values is not that of the shape
   */
  public static Tensor ofFloats(Shape shape, float... values) {
    ByteBuffer bytes = littleEndian(values.length, Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return of(ElementType.FLOAT, shape, bytes);
  }

  /**
   * Returns an int64 tensor.
   *
   * @param shape the dimensions
   * @param values the elements in row-major order, copied
   * @return the tensor
   * @throws IllegalArgumentException if the number of values is not that of the shape
   */
  public static Tensor ofLongs(Shape shape, long... values) {
    ByteBuffer bytes = littleEndian(values.length, Long.BYTES);
    bytes.asLongBuffer().put(values);
    return of(ElementType.INT64, shape, bytes);
  }

  /**
   * Returns an int32 tensor.
   *
   * @param shape the dimensions
   * @param values the elements in row-major order, copied
   * @return the tensor
   * @throws IllegalArgumentException if the number of values is not that of the shape
   */
  public static Tensor ofInts(Shape shape, int... values) {
    ByteBuffer bytes = littleEndian(values.length, Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return of(ElementType.INT32, shape, bytes);
  }

  /**
   * Returns a tensor of one byte per element.
   *
   * @param elementType a type of 8 bits
   * @param shape the dimensions
   * @param values the elements in row-major order, copied
   * @return the tensor
   * @throws IllegalArgumentException if the type has not 8 bits or the number of values is not that
   *     of the shape
   */
  public static Tensor ofBytes(ElementType elementType, Shape shape, byte... values) {
    if (elementType.bitWidth() != Byte.SIZE) {
      throw new IllegalArgumentException(
          "elementType is " + elementType + ", expected a type of 8 bits");
    }
    return of(elementType, shape, ByteBuffer.wrap(values.clone()));
  }

  /**
   * Returns the type of the elements.
   *
   * @return the type
   */
  public ElementType elementType() {
    return elementType;
  }

  /**
   * Returns the dimensions.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns the bytes of all elements.
   *
   * @return a new read-only little-endian view from position 0 to limit
   */
  public ByteBuffer bytes() {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Returns the elements of a float tensor.
   *
   * @return a new read-only view from position 0 to limit
   * @throws IllegalStateException if the element type is not {@link ElementType#FLOAT}
   */
  public FloatBuffer floats() {
    requireElementType(ElementType.FLOAT);
    return bytes().asFloatBuffer();
  }

  /**
   * Returns the elements of an int64 tensor.
   *
   * @return a new read-only view from position 0 to limit
   * @throws IllegalStateException if the element type is not {@link ElementType#INT64}
   */
  public LongBuffer longs() {
    requireElementType(ElementType.INT64);
    return bytes().asLongBuffer();
  }

  /**
   * Returns the elements of an int32 tensor.
   *
   * @return a new read-only view from position 0 to limit
   * @throws IllegalStateException if the element type is not {@link ElementType#INT32}
   */
  public IntBuffer ints() {
    requireElementType(ElementType.INT32);
    return bytes().asIntBuffer();
  }

  /**
   * Returns a view of some samples, that is of a range of the first axis; copies nothing.
   *
   * @param firstSample the first index on axis 0
   * @param sampleCount how many indices, from 0
   * @return a tensor of shape [sampleCount, ...]
   * @throws IllegalArgumentException if the tensor is a scalar, or if a sample of packed elements
   *     does not fill whole bytes
   * @throws IndexOutOfBoundsException if the range does not lie within axis 0
   */
  public Tensor slice(long firstSample, long sampleCount) {
    long[] dimensions = shape.toArray();
    if (dimensions.length == 0) {
      throw new IllegalArgumentException("shape is [], expected at least one axis to slice");
    }
    Objects.checkFromIndexSize(firstSample, sampleCount, dimensions[0]);
    dimensions[0] = 1;
    long sampleBits = Shape.of(dimensions).elementCount() * elementType.bitWidth();
    if (sampleBits % Byte.SIZE != 0) {
      throw new IllegalArgumentException(
          "a sample of %s%s has %s bits, expected whole bytes to slice"
              .formatted(elementType, shape, sampleBits));
    }
    dimensions[0] = sampleCount;
    long sampleBytes = sampleBits / Byte.SIZE;
    int from = (int) (firstSample * sampleBytes);
    int byteCount = (int) (sampleCount * sampleBytes);
    return new Tensor(elementType, Shape.of(dimensions), bytes.slice(from, byteCount));
  }

  /**
   * Returns type and shape, not the elements.
   *
   * @return e.g. {@code float[1, 3, 32, 32]}
   */
  @Override
  public String toString() {
    return elementType.toString() + shape;
  }

  private void requireElementType(ElementType expected) {
    if (elementType != expected) {
      throw new IllegalStateException(
          "tensor is " + elementType + shape + ", expected element type " + expected);
    }
  }

  private static long byteSize(ElementType elementType, long elementCount) {
    if (elementCount > Long.MAX_VALUE / elementType.bitWidth() - Byte.SIZE) {
      return Long.MAX_VALUE;
    }
    return (elementCount * elementType.bitWidth() + Byte.SIZE - 1) / Byte.SIZE;
  }

  private static ByteBuffer littleEndian(int elementCount, int elementBytes) {
    return ByteBuffer.allocate(Math.multiplyExact(elementCount, elementBytes))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
