/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QdqPlannerOptionsTest {
  private final OnnxModel model = model();

  @ParameterizedTest
  @ValueSource(strings = {"layer2/b", "layer2/.*"})
  void plan_includedByNameOrExpression_leavesAllElseFloat(String included) {
    QuantizationPlan plan =
        Plans.planner().withIncluded(NodeSelector.none().withName(included)).plan(model);

    assertThat(plan.decision("layer1/a"))
        .hasToString("Optional[Conv \"layer1/a\" float (not included by option)]");
    assertThat(Plans.decision(plan, "layer2/b")).isEqualTo("INT8 P01");
    assertThat(plan.quantizedNodeCount()).isOne();
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void plan_includedByOperator_leavesOtherOperatorsFloat() {
    QuantizationPlan plan =
        Plans.planner()
            .withGroupedConvolutions(true)
            .withIncluded(NodeSelector.none().withOperator("Conv"))
            .plan(model);

    assertThat(plan.decisions())
        .allMatch(decision -> decision.isQuantized() == decision.opType().equals("Conv"));
  }

  @Test
  void plan_includedAndExcluded_isFloat() {
    NodeSelector both = NodeSelector.none().withName("layer1/a");
    QuantizationPlan plan = Plans.planner().withIncluded(both).withExcluded(both).plan(model);

    assertThat(plan.decision("layer1/a"))
        .hasToString("Optional[Conv \"layer1/a\" float (excluded by option)]");
    assertThat(plan.quantizedNodeCount()).isZero();
  }

  @Test
  void plan_includingNone_setsNoLimit() {
    assertThat(Plans.planner().withIncluded(NodeSelector.none()).plan(model))
        .hasToString(Plans.planner().plan(model).toString());
  }

  @Test
  void plan_criteriaThatSelectNothing_areNoted() {
    NodeSelector included =
        NodeSelector.none().withName("layer1/.*").withName("layer9/.*").withOperator("Conv");
    NodeSelector excluded =
        NodeSelector.none().withName("no(pe").withOperator("Einsum").withOperator("Add");
    QuantizationPlan plan =
        Plans.planner().withIncluded(included).withExcluded(excluded).plan(model);

    assertThat(plan.notes())
        .startsWith(
            "option: included name or expression \"layer9/.*\" selects no node of the model",
            "option: excluded name or expression \"no(pe\" selects no node of the model",
            "option: excluded operator \"Einsum\" selects no node of the model")
        .noneMatch(note -> note.contains("layer1") || note.contains("Conv"));
  }

  @Test
  void with_anyOption_leavesThePlannerAsItWas() {
    QdqPlanner planner = QdqPlanner.create();
    String before = planner.plan(model).toString();

    planner.withProfile(PlanProfile.ACCURACY);
    planner.forTarget(Target.ONNXRUNTIME);
    planner.withGroupedConvolutions(true);
    planner.withIncluded(NodeSelector.none().withName("a"));
    planner.withExcluded(NodeSelector.none().withOperator("Conv"));

    assertThat(planner.plan(model)).hasToString(before);
  }

  @Test
  void with_severalOptions_keepsThemAll() {
    QuantizationPlan plan =
        QdqPlanner.create()
            .withExcluded(NodeSelector.none().withName("layer1/a"))
            .withIncluded(NodeSelector.none().withOperator("Conv"))
            .withProfile(PlanProfile.SPEED)
            .withGroupedConvolutions(true)
            .forTarget(Target.TENSORRT)
            .plan(model);

    assertThat(Plans.decision(plan, "grouped")).isEqualTo("INT8 P04");
    assertThat(Plans.decision(plan, "layer1/a")).isEqualTo("float ");
    assertThat(Plans.decision(plan, "add")).isEqualTo("float ");
  }

  private static OnnxModel model() {
    ModelBuilder builder = ModelBuilder.create();
    String stem = builder.relu("stem", builder.input("x", "n", 32, 8, 8));
    String a = builder.conv("layer1/a", stem, 32, 32, 3);
    String b = builder.conv("layer2/b", builder.relu("r", a), 32, 32, 3);
    String grouped = builder.conv("grouped", builder.sum("add", b, stem), 32, 32, 3, 4);
    return builder.output(grouped).build();
  }
}
