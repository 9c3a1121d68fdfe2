/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class NormalizationRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String x = builder.relu("stem", builder.input("x", "n", 10, 32));

  private QuantizationPlan readByAProduct(String y) {
    builder.weight("W", 32, 32);
    return Plans.of(builder.output(builder.add("MatMul", "m", List.of(y, "W"))));
  }

  @Test
  void plan_decomposedLayerNormalization_isRuledAsOneAndPairedAtItsReader() {
    builder.weight("gamma", 32);
    builder.weight("beta", 32);
    String y = f.add(f.mul(f.normalized(x), "gamma"), "beta");
    QuantizationPlan plan = readByAProduct(y);

    assertThat(Plans.pairs(plan)).containsExactly(y + " -> [m[0]], P12");
    assertThat(plan.decisions())
        .filteredOn(d -> d.why().toString().startsWith("P35: part of a LayerNormalization"))
        .hasSize(9);
  }

  @Test
  void plan_decomposedRmsNormalization_isRuledAsOne() {
    QuantizationPlan plan = readByAProduct(f.div(x, f.deviation(x)));

    assertThat(plan.decisions())
        .filteredOn(d -> d.why().toString().startsWith("P35: part of a RMSNormalization"))
        .hasSize(5);
  }

  @Test
  void plan_layerNormalizationOperator_isFloat() {
    builder.weight("gamma", 32);
    String y = builder.add("LayerNormalization", "ln", List.of(x, "gamma"));
    QuantizationPlan plan = readByAProduct(y);

    assertThat(plan.decision("ln").orElseThrow().why()).hasToString("P35: normalizes in float");
    assertThat(Plans.pairs(plan)).containsExactly("ln -> [m[0]], P12");
  }
}
