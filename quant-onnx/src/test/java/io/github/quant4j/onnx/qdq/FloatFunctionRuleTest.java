/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatFunctionRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String x = builder.input("x", "n", 16, 8, 8);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Softmax",
        "LogSoftmax",
        "InstanceNormalization",
        "GroupNormalization",
        "Sigmoid",
        "HardSigmoid",
        "Tanh",
        "Erf",
        "Exp"
      })
  void plan_functionBetweenConvolutions_isFloatForAReason(String opType) {
    String y = builder.add(opType, "y", List.of(builder.conv("c1", x, 16, 16, 3)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", y, 16, 16, 3)));

    assertThat(Plans.decision(plan, "y")).isEqualTo("float P35");
    assertThat(Plans.pairs(plan)).containsExactly("x -> [c1[0]], P06", "y -> [c2[0]], P01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ReduceSum", "ReduceMax", "ReduceMean"})
  void plan_reductionOverAllAxes_isFloatAndSoIsWhatReadsItsOneElement(String opType) {
    String y = builder.add(opType, "y", List.of(builder.conv("c1", x, 16, 16, 3)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", y, 16, 16, 3)));

    assertThat(Plans.decision(plan, "y")).isEqualTo("float P35");
    assertThat(Plans.pairs(plan)).containsExactly("x -> [c1[0]], P06");
  }

  @Test
  void plan_hardSigmoidOfSeveralOperators_isRuledAsOne() {
    String y = f.div(f.clipOfThree(builder.conv("c1", x, 16, 16, 3)), f.number(6));
    QuantizationPlan plan = Plans.of(builder.output(y));

    assertThat(plan.decisions())
        .filteredOn(d -> !d.opType().equals("Conv"))
        .hasSize(3)
        .allMatch(d -> d.why().toString().startsWith("P35: part of a HardSigmoid"));
  }

  @Test
  void plan_productOfTwoActivations_hasNoPair() {
    String left = builder.conv("c1", x, 16, 16, 3);
    String right = builder.conv("c2", x, 16, 16, 3);
    String y = builder.add("Mul", "y", List.of(left, right));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c3", y, 16, 16, 3)));

    assertThat(Plans.decision(plan, "y")).isEqualTo("float P36");
    assertThat(Plans.pairs(plan)).containsExactly("x -> [c1[0], c2[0]], P06", "y -> [c3[0]], P01");
  }

  @Test
  void plan_operatorOfAnotherDomain_isNotTakenForTheFunction() {
    builder
        .graph()
        .addNode(ModelBuilder.node("Softmax", "y", List.of(x)).toBuilder().setDomain("custom"));

    assertThat(Plans.decision(Plans.of(builder.output("y")), "y")).isEqualTo("float P17");
  }
}
