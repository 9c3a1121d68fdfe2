/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;

/** A build asks for what this TensorRT, or this GPU, cannot do. Nothing was built. */
public final class MissingCapabilityException extends EngineBuildException {

  private static final long serialVersionUID = 1L;

  /** What is missing. */
  private final Capability capability;

  MissingCapabilityException(Capability capability, String message) {
    super(message, List.of(), List.of());
    this.capability = capability;
  }

  /**
   * Returns what is missing.
   *
   * @return the capability
   */
  public Capability capability() {
    return capability;
  }
}
