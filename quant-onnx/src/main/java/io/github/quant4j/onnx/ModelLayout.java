/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

/** Where a written model keeps its tensors. */
public enum ModelLayout {
  /** Everything in one file, which must stay below 2 GiB. */
  SINGLE_FILE,

  /**
   * Initializers of more than 1 KiB in a second file of the same name with {@code .data} behind,
   * which has to stay beside the first. Offsets are multiples of 4 KiB, for tensors of 64 KiB or
   * more of 64 KiB, so that every system can map them. Any total size.
   */
  EXTERNAL_DATA
}
