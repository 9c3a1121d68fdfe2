/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointwiseAddRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_convolutionReadTwice_isNoCandidate() {
    String c = builder.conv("c", x, 16, 16, 3);
    String gate = builder.add("Sigmoid", "gate", List.of(c));
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", c, gate)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P43");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01");
  }

  @Test
  void plan_activationsBeforeTheAdd_pairsOnBothWhenAllAroundIsInt8() {
    String left = builder.relu("left", builder.conv("c1", x, 16, 16, 3));
    String right = builder.relu("right", builder.conv("c2", x, 16, 16, 3));
    String sum = builder.relu("r", builder.sum("add", left, right));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", sum, 16, 16, 3)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P43");
    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [c1[0], c2[0]], P01",
            "left -> [add[0]], P43",
            "right -> [add[1]], P43",
            "r -> [next[0]], P01");
  }

  @Test
  void plan_activationsBeforeTheAddAndAFloatReader_hasNoPair() {
    String left = builder.relu("left", builder.conv("c1", x, 16, 16, 3));
    String right = builder.relu("right", builder.conv("c2", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", left, right)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P43");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0], c2[0]], P01");
  }

  @Test
  void plan_operandFromAFloatOperator_hasNoPair() {
    String left = builder.relu("left", builder.conv("c1", x, 16, 16, 3));
    String right = builder.add("Sin", "right", List.of(x));
    String sum = builder.sum("add", left, right);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", sum, 16, 16, 3)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P51");
  }

  @Test
  void plan_broadcastOperand_isNotFused() {
    String pooled = builder.add("GlobalAveragePool", "gap", List.of(x));
    QuantizationPlan plan =
        Plans.of(builder.output(builder.sum("add", builder.conv("c", x, 16, 16, 3), pooled)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P38");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01");
  }
}
