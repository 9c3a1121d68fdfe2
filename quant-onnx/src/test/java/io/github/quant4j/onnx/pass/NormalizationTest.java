/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NormalizationTest {
  private static final long SEEDS = 300;
  private static final Map<String, Tensor> INPUT =
      Map.of("x", ModelBuilder.random(1, 1, 2, 4, 6, 6));

  @Test
  void run_randomModel_keepsTheFunction() {
    for (long seed = 0; seed < SEEDS; seed++) {
      OnnxModel model = RandomModel.of(seed);
      Map<String, Tensor> before = OnnxRuntimeOracle.run(model, INPUT);

      PassPipeline.normalization().run(model);

      assertThat(PassEffect.deviation(before, OnnxRuntimeOracle.run(model, INPUT)))
          .as("seed %s", seed)
          .isLessThanOrEqualTo(1e-5);
    }
  }

  @Test
  void run_randomModelTwice_changesNothing() {
    for (long seed = 0; seed < 10 * SEEDS; seed++) {
      OnnxModel model = RandomModel.of(seed);
      PassPipeline.normalization().run(model);
      byte[] once = model.toByteArray();

      List<String> modifying = PassPipeline.normalization().run(model);

      assertThat(modifying).as("seed %s", seed).isEmpty();
      assertThat(model.toByteArray()).as("seed %s", seed).isEqualTo(once);
    }
  }

  @Test
  void run_randomModel_tellsTruthfullyWhichPassesChangedIt() {
    List<GraphPass> passes =
        List.of(
            new MoveConstantsToInitializers(),
            new EliminateIdentity(),
            new RemoveUnused(),
            new RemoveDropout(),
            new FoldConstants(),
            new RemoveNoOps(),
            new FoldGemmFactors(),
            new FoldBatchNormalization(),
            new FoldScaleAndShift(),
            new FoldLeadingBatchNormalization());
    Set<String> modifying = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      OnnxModel model = RandomModel.of(seed);
      for (GraphPass pass : passes) {
        byte[] before = model.toByteArray();
        boolean isModified = pass.run(model);
        assertThat(isModified)
            .as("seed %s, %s", seed, pass.name())
            .isEqualTo(!Arrays.equals(before, model.toByteArray()));
        assertThat(pass.run(model)).as("seed %s, %s again", seed, pass.name()).isFalse();
        if (isModified) {
          modifying.add(pass.name());
        }
      }
    }
    assertThat(modifying)
        .as("the generator reaches every pass but the one for Gemm factors")
        .hasSize(passes.size() - 1);
  }
}
