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

  @Test
  void plan_broadcastBetweenInt8Operators_isPairedOnBothOperands() {
    String gate =
        builder.conv("gate", builder.add("GlobalAveragePool", "gap", List.of(x)), 16, 16, 1);
    String sum = builder.sum("add", builder.conv("c", x, 16, 16, 3), gate);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", sum, 16, 16, 3)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P38");
    assertThat(Plans.pairs(plan))
        .contains("c -> [add[0]], P38", "gate -> [add[1]], P38", "add -> [next[0]], P01");
  }

  @Test
  void plan_shapesThatAreNotKnown_haveNoPair() {
    builder.graph().addInput(ModelBuilder.floatValue("z"));
    String c = builder.conv("c", "z", 16, 16, 3);
    String sum = builder.sum("add", builder.relu("r", c), builder.conv("d", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", sum, 16, 16, 3)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P38");
    assertThat(Plans.pairs(plan)).noneMatch(pair -> pair.contains("add["));
  }

  @Test
  void plan_smallOperands_haveNoPair() {
    String z = builder.input("z", 1, 16, 1, 1);
    builder.weight("W", 16, 4, 1, 1);
    String c = builder.conv("c", z, 16, 4, 1);
    String sum = builder.sum("add", c, builder.relu("r", builder.conv("d", z, 16, 4, 1)));
    QuantizationPlan plan = Plans.of(builder.output(builder.convOf("next", sum, "W")));

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P49");
    assertThat(Plans.decision(plan, "next")).isEqualTo("float P49");
  }

  @Test
  void plan_sumOfTwo_isAnAdd() {
    String sum = builder.add("Sum", "sum", List.of(builder.conv("c", x, 16, 16, 3), x));
    QuantizationPlan plan = Plans.of(builder.output(sum));

    assertThat(Plans.decision(plan, "sum")).isEqualTo("INT8 P39");
  }

  @Test
  void plan_sumOfThree_isFloat() {
    String sum = builder.add("Sum", "sum", List.of(builder.conv("c", x, 16, 16, 3), x, x));
    QuantizationPlan plan = Plans.of(builder.output(sum));

    assertThat(plan.decision("sum").orElseThrow())
        .hasToString("Sum \"sum\" float (P42: a Sum of 3 operands is no Add)");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01");
  }

  @Test
  void plan_activationsBeforeAddsInARow_areInt8Throughout() {
    QuantizationPlan plan = Plans.of(crossStage());

    assertThat(Plans.decision(plan, "add1")).isEqualTo("INT8 P43");
    assertThat(Plans.decision(plan, "add2")).isEqualTo("INT8 P44");
    assertThat(Plans.decision(plan, "cat")).isEqualTo("INT8 P33");
    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [c0[0]], P01",
            "s0 -> [c1[0], add1[0], cat[0]], P01",
            "s1 -> [add1[1]], P43",
            "add1 -> [c2[0], add2[0], cat[1]], P01",
            "s2 -> [add2[1]], P44",
            "add2 -> [cat[2]], P33",
            "cat -> [last[0]], P01");
  }

  @Test
  void plan_addsInARowBeforeAFloatReader_areFloat() {
    String left = builder.relu("left", builder.conv("c1", x, 16, 16, 3));
    String right = builder.relu("right", builder.conv("c2", x, 16, 16, 3));
    String far = builder.relu("far", builder.conv("c3", x, 16, 16, 3));
    String outer = builder.sum("outer", builder.sum("inner", left, right), far);
    QuantizationPlan plan = Plans.of(builder.output(builder.add("Sin", "sin", List.of(outer))));

    assertThat(Plans.decision(plan, "inner")).isEqualTo("float P43");
    assertThat(Plans.decision(plan, "outer")).isEqualTo("float P51");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0], c2[0], c3[0]], P01");
  }

  @Test
  void plan_sumThatAConvolutionTookIn_isReadAsItIs() {
    String inner = builder.sum("inner", builder.conv("c1", x, 16, 16, 3), x);
    String far = builder.relu("far", builder.conv("c2", x, 16, 16, 3));
    String outer = builder.sum("outer", inner, far);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", outer, 16, 16, 3)));

    assertThat(Plans.decision(plan, "inner")).isEqualTo("INT8 P39");
    assertThat(Plans.decision(plan, "outer")).isEqualTo("float P44");
    assertThat(Plans.pairs(plan)).noneMatch(pair -> pair.startsWith("inner ->"));
  }

  @Test
  void quantized_crossStageBlock_isCloseToFloat() {
    assertThat(
            Calibration.signalToNoise(crossStage().build(), ModelBuilder.random(3, 1, 4, 16, 8, 8)))
        .isGreaterThan(25);
  }

  @Test
  void quantized_broadcastAdd_isCloseToFloat() {
    String gate =
        builder.conv("gate", builder.add("GlobalAveragePool", "gap", List.of(x)), 16, 16, 1);
    String sum = builder.sum("add", builder.conv("c", x, 16, 16, 3), gate);
    builder.output(builder.conv("next", sum, 16, 16, 3));

    assertThat(Calibration.signalToNoise(builder.build(), ModelBuilder.random(3, 1, 4, 16, 8, 8)))
        .isGreaterThan(25);
  }

  /** A C2f block of two bottlenecks with HardSwish. */
  private ModelBuilder crossStage() {
    String s0 = swish("s0", builder.conv("c0", x, 16, 16, 1));
    String add1 = builder.sum("add1", s0, swish("s1", builder.conv("c1", s0, 16, 16, 3)));
    String add2 = builder.sum("add2", add1, swish("s2", builder.conv("c2", add1, 16, 16, 3)));
    builder.add("Concat", "cat", List.of(s0, add1, add2), ModelBuilder.integer("axis", 1));
    return builder.output(builder.conv("last", "cat", 48, 16, 1));
  }

  private String swish(String name, String input) {
    return builder.add("HardSwish", name, List.of(input));
  }
}
