/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T32. */
class OpaqueOperatorRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @CsvSource({
    "LSTM, it is recurrent; its weights and states have no INT8 form",
    "GRU, it is recurrent; its weights and states have no INT8 form",
    "RNN, it is recurrent; its weights and states have no INT8 form",
    "Einsum, it has no INT8 kernel; the same product as a MatMul would have",
    "GridSample, it picks or interpolates elements and has no INT8 kernel",
    "NonMaxSuppression, it picks or interpolates elements and has no INT8 kernel",
    "TopK, it picks or interpolates elements and has no INT8 kernel"
  })
  void plan_operatorWithoutAnInt8Form_saysWhy(String opType, String reason) {
    String x = builder.input("x", 4, 2, 16);
    QuantizationPlan plan = Plans.of(builder.output(builder.add(opType, "o", List.of(x, x))));

    assertThat(plan.decision("o"))
        .hasToString("Optional[%s \"o\" float (P17: %s)]".formatted(opType, reason));
  }

  @Test
  void plan_operatorOfAnotherSet_namesTheSet() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.conv("o", x, 16, 16, 3);
    builder.graph().getNodeBuilder(0).setDomain("com.microsoft");
    QuantizationPlan plan = Plans.of(builder.output("o"));

    assertThat(plan.decision("o").orElseThrow().why())
        .hasToString("P17: it belongs to operator set \"com.microsoft\", which no rule knows");
    assertThat(plan.activationPairs()).isEmpty();
  }

  @Test
  void plan_convolutionBeforeARecurrentOperator_staysInt8() {
    String x = builder.input("x", "n", 16, 8);
    builder.weight("line", 32, 16, 3);
    String c = builder.convOf("c", x, "line");
    builder.weight("W", 1, 32, 32);
    builder.weight("R", 1, 32, 8);
    String t = builder.add("Transpose", "t", List.of(c), ModelBuilder.integers("perm", 2, 0, 1));
    builder.add("LSTM", "lstm", List.of(t, "W", "R"), ModelBuilder.integer("hidden_size", 8));
    QuantizationPlan plan = Plans.of(builder.output("lstm"));

    assertThat(Plans.decision(plan, "c")).isEqualTo("INT8 P06");
    assertThat(Plans.pairs(plan)).containsExactly("x -> [c[0]], P06");
  }
}
