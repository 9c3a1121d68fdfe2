/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Plans whose header is right and whose rest is not. Needs a GPU. Runs last: whether TensorRT
 * survives them is up to it.
 */
@Tag("gpu")
@Order(Integer.MAX_VALUE)
class BrokenPlanGpuTest {

  private static final int HEADER_BYTES = 32;
  private static final long SEED = 20_261_122L;

  @Test
  void load_bytesChangedBehindTheHeader_isRefusedOrRuns() throws IOException {
    byte[] whole = FashionMnist.quickBuilder().precision(Precision.FP16).build().bytes();
    Map<String, Tensor> pictures = FashionMnist.pictures(0, 1);
    SplittableRandom random = new SplittableRandom(SEED);
    int refusedCount = 0;
    for (int trial = 0; trial < 8; trial++) {
      byte[] broken = whole.clone();
      for (int change = 0; change < 1 << trial; change++) {
        broken[random.nextInt(HEADER_BYTES, broken.length)] ^= (byte) random.nextInt(1, 256);
      }
      try (Engine engine = Engine.of(broken);
          ExecutionSession session = engine.newSession()) {
        assertThat(session.run(pictures)).as("trial %s", trial).hasSize(1);
      } catch (TensorRtException e) {
        refusedCount++;
        System.out.println("changed plan, trial " + trial + " | " + e.getMessage());
      }
    }
    System.out.println("changed plans | refused " + refusedCount + " of 8");
  }
}
