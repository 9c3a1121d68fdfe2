/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallActivationRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void plan_activationOfSevenElements_staysFloatWithTheReason() {
    builder.input("x", 1, 1, 7);
    builder.weight("V", 7, 16);
    QuantizationPlan plan = Plans.of(builder.output(builder.add("MatMul", "m", List.of("x", "V"))));

    assertThat(plan.decision("m").orElseThrow())
        .hasToString("MatMul \"m\" float (P49: tensor \"x\" has 7 elements)");
  }

  @ParameterizedTest
  @CsvSource({"1, 1, true", "7, 1, true", "2, 2, true", "8, 1, false", "2, 4, false"})
  void obstacle_ofAKnownSize_isBelowEight(int rows, int columns, boolean isSmall) {
    builder.input("x", rows, columns);

    assertThat(Plans.obstacle(builder, "x").isPresent()).isEqualTo(isSmall);
  }

  @Test
  void obstacle_ofAnUnknownSize_isNone() {
    builder.input("x", "n", 1);

    assertThat(Plans.obstacle(builder, "x")).isEmpty();
  }

  @Test
  void obstacle_ofAnEmptyTensor_isItsSize() {
    builder.input("x", 0, 5);

    assertThat(Plans.obstacle(builder, "x")).contains("tensor \"x\" has 0 elements");
  }

  @Test
  void obstacle_ofIntegersAndBooleans_isTheirType() {
    builder.graph().addInput(ModelBuilder.value("i", 7, 100));
    builder.graph().addInput(ModelBuilder.value("b", 9, 100));

    assertThat(Plans.obstacle(builder, "i")).contains("tensor \"i\" is int64[100]");
    assertThat(Plans.obstacle(builder, "b")).contains("tensor \"b\" is bool[100]");
  }

  @Test
  void plan_zeroPadOfASmallTensor_hasThePairAfterIt() {
    String x = builder.input("x", 1, 16, 1, 1);
    String max = builder.add("ReduceMax", "max", List.of(x), ModelBuilder.integers("axes", 1));
    builder.longs("pads", 0, 15, 1, 1, 0, 0, 1, 1);
    String padded = builder.add("Pad", "pad", List.of(max, "pads"));
    builder.graph().addValueInfo(ModelBuilder.value("max", 1, 1, 1, 1, 1));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c", padded, 16, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly("pad -> [c[0]], P01");
  }

  @Test
  void plan_smallBranchOfAConcat_makesNoGroup() {
    String z = builder.input("z", 1, 4, 1, 1);
    String x = builder.relu("stem", builder.input("x", 1, 28, 1, 1));
    builder.add("Concat", "cat", List.of(z, x), ModelBuilder.integer("axis", 1));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c", "cat", 32, 16, 1)));

    assertThat(Plans.pairs(plan)).containsExactly("cat -> [c[0]], P01");
  }
}
