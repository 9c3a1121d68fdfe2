/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** Where an output of a shape that only the run tells goes. Asked while an engine is queued. */
interface OutputTarget {

  /**
   * Makes room on the GPU.
   *
   * @param byteCount how many bytes at least
   * @return the address
   */
  long reserve(long byteCount);

  /** Takes note of the shape, before or after the room is made. */
  void shaped(long... dimensions);
}
