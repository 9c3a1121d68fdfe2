/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Direct memory for inputs that come from the heap, one buffer per input, kept from run to run.
 *
 * <p>ONNX Runtime reads direct memory in place but copies a heap buffer to a new direct one at
 * every run, which is only freed when the garbage collector comes by. Not thread-safe.
 */
final class InputBuffers {

  private final Map<String, ByteBuffer> buffers = new HashMap<>();

  /** Returns the bytes of a tensor in direct memory, valid until the next call for that input. */
  ByteBuffer direct(String input, Tensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    if (bytes.isDirect()) {
      return bytes;
    }
    ByteBuffer buffer = buffers.get(input);
    if (buffer == null || buffer.capacity() < bytes.remaining()) {
      buffer = ByteBuffer.allocateDirect(bytes.remaining());
      buffers.put(input, buffer);
    }
    buffer.clear().put(bytes).flip();
    return buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}
