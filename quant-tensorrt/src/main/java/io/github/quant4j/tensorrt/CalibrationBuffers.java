/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.nio.ByteBuffer;
import java.util.Map;

/** Where TensorRT finds the tensors of a batch. */
interface CalibrationBuffers extends AutoCloseable {

  /**
   * Where the bytes of an input are put together, little-endian; keeps them from batch to batch.
   *
   * @return a buffer of the whole batch, position and limit anywhere
   */
  ByteBuffer staging(String input);

  /** Brings what is staged for all inputs to the GPU, and waits for it. */
  void send();

  @Override
  void close();

  /** Makes buffers. */
  interface Factory {

    /**
     * Makes one for every input.
     *
     * @param byteCounts input name to size of one batch
     */
    CalibrationBuffers allocate(Map<String, Integer> byteCounts);
  }
}
