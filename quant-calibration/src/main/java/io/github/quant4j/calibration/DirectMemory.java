/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Direct memory by name, kept from batch to batch and grown where a tensor does not fit.
 *
 * <p>Owns it until {@link #close()}, after which tensors handed out must not be touched. Not
 * thread-safe.
 */
final class DirectMemory implements AutoCloseable {

  /** What every version of Java lets a buffer have. */
  private static final int LARGEST_BYTE_COUNT = Integer.MAX_VALUE - 8;

  private final Map<String, DirectBlock> blocks = new HashMap<>();

  /** Returns a tensor of undefined elements, valid until the next call for that name. */
  DirectTensor tensor(String name, ElementType elementType, Shape shape) {
    int byteCount = byteCount(name, elementType, shape);
    ByteBuffer bytes = atLeast(name, byteCount).slice(0, byteCount);
    return new DirectTensor(elementType, shape, bytes.order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Returns the size of a tensor, where one buffer can hold it. */
  static int byteCount(String name, ElementType elementType, Shape shape) {
    long byteCount = shape.elementCount() * elementType.bitWidth() / Byte.SIZE;
    if (byteCount > LARGEST_BYTE_COUNT) {
      throw new CalibrationException(
          "tensor '%s' is %s%s, %s bytes in one batch, expected at most %s; use a smaller batch size"
              .formatted(name, elementType, shape, byteCount, LARGEST_BYTE_COUNT));
    }
    return (int) byteCount;
  }

  /** Returns a copy of a tensor, valid until the next call for that name. */
  DirectTensor copyOf(String name, Tensor tensor) {
    DirectTensor copy = tensor(name, tensor.elementType(), tensor.shape());
    copy.bytes().duplicate().put(tensor.bytes());
    return copy;
  }

  @Override
  public void close() {
    blocks.values().forEach(DirectBlock::close);
    blocks.clear();
  }

  private ByteBuffer atLeast(String name, int byteCount) {
    DirectBlock block = blocks.get(name);
    if (block == null || block.bytes().capacity() < byteCount) {
      if (block != null) {
        blocks.remove(name); // so that the old one makes room for the new one
        block.close();
      }
      block = allocate(name, byteCount);
      blocks.put(name, block);
    }
    return block.bytes();
  }

  private static DirectBlock allocate(String name, int byteCount) {
    try {
      return DirectBlock.allocate(byteCount);
    } catch (OutOfMemoryError e) {
      throw new CalibrationException(
          "no %s bytes of direct memory are left for tensor '%s'; %s"
              .formatted(
                  byteCount,
                  name,
                  "use a smaller batch size or give the JVM more with -XX:MaxDirectMemorySize"),
          e);
    }
  }
}
