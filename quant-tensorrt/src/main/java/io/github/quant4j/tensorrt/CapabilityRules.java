/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Set;

/**
 * Refuses options that a TensorRT or a GPU cannot serve, before a class is loaded that touches what
 * may be missing.
 *
 * @param version the TensorRT
 * @param device the GPU
 */
record CapabilityRules(TensorRtVersion version, GpuDevice device) {

  /**
   * Returns when all options can be served.
   *
   * @throws MissingCapabilityException naming the first that cannot, and what to do instead
   */
  void verify(BuildOptions options) {
    require(
        Capability.CALIBRATORS,
        options.hasImplicitScales(),
        "calibrators and no ranges of tensors",
        "give the model Q/DQ pairs: quantize it with the same samples, or convert its calibration"
            + " cache or table");
    require(
        Capability.WEAK_TYPING,
        !options.isStronglyTyped,
        "weak typing for precision " + options.precisionOrDefault(),
        "convert the model to the types it is to compute with, such as FP16, and build it"
            + " stronglyTyped");
    requireOfDevice(Capability.TF32, options.precision == Precision.TF32, "use FP32 or FP16");
    requireOfDevice(Capability.BF16, options.precision == Precision.BF16, "use FP16");
    requireOfDevice(
        Capability.HARDWARE_COMPATIBILITY,
        options.isHardwareCompatible,
        "leave hardwareCompatibility out, or build on a GPU from Ampere on");
  }

  private void require(Capability wanted, boolean isAsked, String what, String remedy) {
    refuse(wanted, isAsked, "TensorRT %s has no %s; %s".formatted(version, what, remedy));
  }

  private void requireOfDevice(Capability wanted, boolean isAsked, String remedy) {
    refuse(
        wanted,
        isAsked,
        "GPU '%s' has compute capability %s.%s and no %s, expected 8.0 or more; %s"
            .formatted(
                device.name(), device.computeMajor(), device.computeMinor(), wanted, remedy));
  }

  private void refuse(Capability wanted, boolean isAsked, String message) {
    Set<Capability> found = Capability.of(version, device);
    if (isAsked && !found.contains(wanted)) {
      throw new MissingCapabilityException(wanted, message);
    }
  }
}
