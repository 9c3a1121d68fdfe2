/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.tensorrt.nvinfer.ILogger;

/**
 * Translates the severities of the presets.
 *
 * <p>JavaCPP passes to a callback an enum object that it made itself: the field {@code value} is
 * right, but {@code name()} is null and {@code ordinal()} is 0, so that neither a comparison by
 * identity nor a switch works. Severities are therefore compared by value.
 */
final class PresetSeverity {

  private PresetSeverity() {}

  /** The severity with this value; a value that the presets do not know counts as a warning. */
  static Severity from(int value) {
    if (value == ILogger.Severity.kINTERNAL_ERROR.value) {
      return Severity.INTERNAL_ERROR;
    }
    if (value == ILogger.Severity.kERROR.value) {
      return Severity.ERROR;
    }
    if (value == ILogger.Severity.kINFO.value) {
      return Severity.INFO;
    }
    if (value == ILogger.Severity.kVERBOSE.value) {
      return Severity.VERBOSE;
    }
    return Severity.WARNING;
  }
}
