/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.tensor.Tensor;

/**
 * Direct memory for inputs that come from the heap, one buffer per input, kept from run to run.
 *
 * <p>ONNX Runtime reads direct memory in place but copies a heap buffer to a new direct one at
 * every run, which is only freed when the garbage collector comes by. Not thread-safe.
 */
final class InputBuffers implements AutoCloseable {

  private final DirectMemory buffers = new DirectMemory();

  /** Returns a tensor in direct memory, valid until the next call for that input. */
  DirectTensor direct(String input, Tensor tensor) {
    return tensor.bytes().isDirect()
        ? new DirectTensor(tensor.elementType(), tensor.shape(), tensor.bytes())
        : buffers.copyOf(input, tensor);
  }

  @Override
  public void close() {
    buffers.close();
  }
}
