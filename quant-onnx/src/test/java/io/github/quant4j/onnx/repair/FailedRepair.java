/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import java.util.List;
import java.util.TreeMap;

/** Makes the failure of a repair that found something before a pass gave up. */
public final class FailedRepair {
  private FailedRepair() {}

  public static RepairException of(String message, Finding... before) {
    Census none = new Census(new TreeMap<>());
    return new RepairException(
        message,
        new RepairReport(List.of(before), none, none),
        new IllegalStateException("the pass gave up"));
  }
}
