/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomQdqGraphTest {
  private static final long SEEDS = 200;

  /** Raised when passes learn to repair more. */
  private static final int LEAST = 100;

  @Test
  void run_randomGraph_isRefusedOrLegalAcceptedAndFinal() {
    int repaired = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        repaired += RepairedGraphs.check(bytes(seed)) ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertThat(repaired).as("graphs that were not refused").isGreaterThan(LEAST);
  }

  /** The generator is worth its time when most of what it writes is a model. */
  @Test
  void of_randomBytes_isMostlyAModelOnnxRuntimeTakes() {
    int accepted = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      accepted +=
          OnnxRuntimeOracle.refusal(RandomQdqGraph.of(bytes(seed)).model()).isEmpty() ? 1 : 0;
    }
    assertThat(accepted).isGreaterThan((int) SEEDS / 2);
  }

  private static byte[] bytes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[random.nextInt(8, 160)];
    random.nextBytes(bytes);
    return bytes;
  }
}
