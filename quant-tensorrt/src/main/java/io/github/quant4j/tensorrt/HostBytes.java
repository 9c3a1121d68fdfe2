/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;

/** Copies what TensorRT serialized. */
final class HostBytes {

  /** What a Java array can hold. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8L;

  private HostBytes() {}

  static byte[] copy(IHostMemory memory) {
    long size = memory.size();
    if (size > MOST_BYTES) {
      throw new TensorRtException(
          "TensorRT serialized %s bytes, expected at most %s".formatted(size, MOST_BYTES));
    }
    byte[] copy = new byte[(int) size];
    if (copy.length > 0) {
      new BytePointer(memory.data()).capacity(size).get(copy);
    }
    return copy;
  }
}
