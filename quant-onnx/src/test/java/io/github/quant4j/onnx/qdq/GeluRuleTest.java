/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GeluRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String x = builder.relu("stem", builder.input("x", "n", 10, 32));

  /** A function of an activation. */
  interface Form {
    String write(Formulas f, String x);
  }

  static Stream<Form> forms() {
    return Stream.of(
        Formulas::gelu,
        (f, x) -> f.mul(x, f.op("Sigmoid", f.mul(x, f.number(1.702)))),
        (f, x) -> {
          String cube = f.mul(f.number(0.044715), f.pow(x, 3));
          String tanh = f.op("Tanh", f.mul(f.number(0.7978845608), f.add(x, cube)));
          return f.mul(f.mul(f.number(0.5), x), f.add(f.number(1), tanh));
        },
        (f, x) -> f.op("Gelu", x));
  }

  /** T35: the MLP of a transformer. */
  @ParameterizedTest
  @MethodSource("forms")
  void plan_geluBetweenProducts_isFloatWithThePairAtItsReader(Form form) {
    builder.weight("W1", 32, 64);
    builder.weight("W2", 64, 32);
    String y = form.write(f, builder.add("MatMul", "m1", List.of(x, "W1")));
    QuantizationPlan plan = Plans.of(builder.output(builder.add("MatMul", "m2", List.of(y, "W2"))));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [m1[0]], P12", y + " -> [m2[0]], P12");
    assertThat(plan.decisions())
        .filteredOn(d -> !d.opType().equals("MatMul") && !d.node().equals("stem"))
        .isNotEmpty()
        .allSatisfy(d -> assertThat(Plans.decision(plan, d.node())).isEqualTo("float P25"));
  }

  @Test
  void plan_geluWithAFloatReader_hasNoPairBehind() {
    builder.weight("W1", 32, 64);
    String y = f.gelu(builder.add("MatMul", "m1", List.of(x, "W1")));
    QuantizationPlan plan = Plans.of(builder.output(f.op("Sin", y)));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [m1[0]], P12");
  }
}
