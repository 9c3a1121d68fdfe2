/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResidualAddRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_identitySkip_sharesThePairOfTheBlock() {
    String branch =
        builder.conv("c2", builder.relu("r1", builder.conv("c1", x, 16, 16, 3)), 16, 16, 3);
    String joined = builder.relu("r2", builder.sum("add", branch, x));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", joined, 16, 16, 3)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P39");
    assertThat(Plans.decision(plan, "r2")).isEqualTo("INT8 P22");
    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [c1[0], add[1]], P01", "r1 -> [c2[0]], P01", "r2 -> [next[0]], P01");
  }

  @Test
  void plan_skipAsFirstInput_isTheSameTheOtherWayRound() {
    String branch = builder.conv("c2", builder.conv("c1", x, 16, 16, 3), 16, 16, 3);
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", x, branch)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P39");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [c1[0], add[0]], P01", "c1 -> [c2[0]], P01");
  }

  @Test
  void plan_projectionShortcut_fusesTheLongerBranch() {
    String branch =
        builder.conv("c2", builder.relu("r1", builder.conv("c1", x, 16, 16, 3)), 16, 16, 3);
    String down = builder.conv("down", x, 16, 16, 1);
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", branch, down)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P40");
    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [c1[0], down[0]], P01", "r1 -> [c2[0]], P01", "down -> [add[1]], P40");
  }

  @Test
  void plan_projectionShortcutSwapped_fusesTheLongerBranchToo() {
    String down = builder.conv("down", x, 16, 16, 1);
    String branch = builder.conv("c2", builder.conv("c1", x, 16, 16, 3), 16, 16, 3);
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", down, branch)));

    assertThat(Plans.pairs(plan))
        .contains("down -> [add[0]], P40")
        .noneMatch(p -> p.contains("c2 ->"));
  }

  @Test
  void plan_branchesOfOneLength_fusesInputOne() {
    String left = builder.conv("left", x, 16, 16, 3);
    String right = builder.conv("right", x, 16, 16, 3);
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", left, right)));

    assertThat(Plans.pairs(plan)).contains("left -> [add[0]], P40").hasSize(2);
  }

  @Test
  void plan_branchesOfTwoInputs_fuseInputOne() {
    String left = builder.conv("left", x, 16, 16, 3);
    String right = builder.conv("right", builder.input("z", "n", 16, 8, 8), 16, 16, 3);
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", left, right)));

    assertThat(Plans.pairs(plan)).contains("left -> [add[0]], P40");
  }

  @Test
  void plan_skipWithoutAPair_getsOne() {
    String skip = builder.add("Sin", "sin", List.of(x));
    String branch = builder.conv("c", x, 16, 16, 3);
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", branch, skip)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P41");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01", "sin -> [add[1]], P41");
  }

  @Test
  void plan_normalizationAndConstantsOnTheBranch_areWalkedThrough() {
    String branch = builder.batchNormalization("bn", builder.conv("c", x, 16, 16, 3), 16);
    builder.weight("k", 16, 1, 1);
    String scaled = builder.add("Mul", "mul", List.of("k", branch));
    String shifted = builder.sum("shift", scaled, "k");
    QuantizationPlan plan = Plans.of(builder.output(builder.sum("add", shifted, x)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P39");
    assertThat(Plans.decision(plan, "shift")).isEqualTo("float P37");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0], add[1]], P01");
  }

  @Test
  void plan_linearBottleneck_keepsTheMainEdgeBare() {
    String expanded = builder.add("Clip", "a1", List.of(builder.conv("expand", x, 16, 32, 1)));
    String deep = builder.add("Clip", "a2", List.of(builder.conv("deep", expanded, 32, 32, 3, 32)));
    String projected = builder.conv("project", deep, 32, 16, 1);
    String sum = builder.sum("add", x, projected);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", sum, 16, 32, 1)));

    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [expand[0], add[0]], P01",
            "a1 -> [deep[0]], P03",
            "a2 -> [project[0]], P01",
            "add -> [next[0]], P01");
  }

  @Test
  void plan_constantOperand_isPartOfTheEpilogue() {
    builder.weight("k", 16, 1, 1);
    QuantizationPlan plan =
        Plans.of(builder.output(builder.sum("add", builder.conv("c", x, 16, 16, 3), "k")));

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P37");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01");
  }

  @Test
  void plan_chainOfAdds_quantizesTheInnerSumAsASkip() {
    String inner = builder.sum("inner", builder.conv("c1", x, 16, 16, 3), x);
    String outer = builder.sum("outer", builder.conv("c2", inner, 16, 16, 3), inner);
    QuantizationPlan plan = Plans.of(builder.output(outer));

    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [c1[0], inner[1]], P01", "inner -> [c2[0], outer[1]], P01");
  }

  @Test
  void plan_residualOfMatrixProduct_leavesTheAddFloat() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", 2, 8, 32);
    builder.weight("w", 32, 32);
    builder.add("MatMul", "product", List.of(x, "w"));
    builder.sum("add", x, "product");
    builder.output("add");

    QuantizationPlan plan = Plans.of(builder);

    assertThat(Plans.decision(plan, "product")).startsWith("INT8");
    assertThat(Plans.decision(plan, "add")).isEqualTo("float P51");
  }
}
