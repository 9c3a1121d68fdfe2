/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a TensorRT can do that not every one can, on the GPU it runs on. */
public enum Capability {
  /** INT8 of a float model, from a calibrator or from ranges. TensorRT 10 has it. */
  CALIBRATORS,
  /**
   * Builds in which {@link Precision} and not the graph says what is computed with. TensorRT 10 has
   * it.
   */
  WEAK_TYPING,
  /** Builds in which the graph says so. Every version from 10 on has it. */
  STRONG_TYPING,
  /** {@link Precision#TF32}. GPUs from Ampere on have it. */
  TF32,
  /** {@link Precision#BF16}. GPUs from Ampere on have it. */
  BF16,
  /** Engines for every GPU from Ampere on, built on one of them. */
  HARDWARE_COMPATIBILITY;

  private static final int LAST_WITH_WEAK_TYPING = 10;
  private static final int AMPERE = 8;

  /** What a version can do on a device. */
  static Set<Capability> of(TensorRtVersion version, GpuDevice device) {
    Set<Capability> found = EnumSet.of(STRONG_TYPING);
    if (version.major() <= LAST_WITH_WEAK_TYPING) {
      found.add(CALIBRATORS);
      found.add(WEAK_TYPING);
    }
    if (device.computeMajor() >= AMPERE) {
      found.add(TF32);
      found.add(BF16);
      found.add(HARDWARE_COMPATIBILITY);
    }
    return Collections.unmodifiableSet(found);
  }
}
