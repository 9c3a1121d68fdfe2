/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/**
 * A kind of memory of the GPU that a build can limit. Those of the deep learning accelerator are
 * left out, as that is not built for.
 */
public enum MemoryPool {
  /** What one layer may use for itself, in the build and in the engine. */
  WORKSPACE,
  /** The shared memory of one kernel. */
  TACTIC_SHARED_MEMORY,
  /** The device memory that a kernel may use while it is timed. */
  TACTIC_DRAM
}
