/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** T32. */
class EmbeddingRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void plan_gatherOfAConstantTable_isFloat() {
    builder.graph().addInput(ModelBuilder.value("ids", 7, "n"));
    builder.weight("table", 100, 32);
    String rows = builder.add("Gather", "rows", List.of("table", "ids"));
    builder.weight("B", 32, 32);
    QuantizationPlan plan =
        Plans.of(builder.output(builder.add("MatMul", "m", List.of(rows, "B"))));

    assertThat(plan.decision("rows").orElseThrow().why())
        .hasToString("P18: it looks up rows of a constant table and computes nothing");
    assertThat(plan.weights()).extracting(WeightQuantization::tensor).containsExactly("B");
    assertThat(Plans.pairs(plan)).containsExactly("rows -> [m[0]], P12");
  }

  @Test
  void plan_gatherOfAnActivation_isNoLookUp() {
    String x = builder.input("x", 8, 32);
    builder.longs("ids", 1, 3);
    QuantizationPlan plan =
        Plans.of(builder.output(builder.add("Gather", "rows", List.of(x, "ids"))));

    assertThat(Plans.decision(plan, "rows")).isNotEqualTo("float P18");
  }
}
