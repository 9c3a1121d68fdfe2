/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any Q/DQ graph is refused with a reason, or repaired into a model that is legal and final. */
class QdqRepairFuzzTest {

  @FuzzTest(maxDuration = "2m")
  void run(byte[] choices) {
    RepairedGraphs.check(choices);
  }
}
