/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;

/** T22: gates on channels, with and without a pair on the gate. */
class SqueezeExciteRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String stem = builder.relu("stem", builder.input("x", "n", 32, 8, 8));

  private String gate(String input) {
    builder.add("GlobalAveragePool", "gap", List.of(input));
    String squeezed = builder.relu("r", builder.conv("squeeze", "gap", 32, 16, 1));
    return builder.add("Sigmoid", "gate", List.of(builder.conv("excite", squeezed, 16, 32, 1)));
  }

  private String gated(String input) {
    return builder.add("Mul", "mul", List.of(input, gate(input)));
  }

  private OnnxModel block() {
    String main = builder.relu("main", builder.conv("c1", stem, 32, 32, 3));
    return builder.output(builder.conv("c2", gated(main), 32, 32, 1)).build();
  }

  @Test
  void plan_gateBetweenConvolutions_pairsTheGatedActivationAlone() {
    QuantizationPlan plan = Plans.planner().plan(block());

    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [c1[0]], P01", "main -> [gap[0], mul[0]], P36", "mul -> [c2[0]], P01");
    assertThat(Plans.decision(plan, "mul")).isEqualTo("INT8 P36");
    assertThat(Plans.decision(plan, "gap")).isEqualTo("INT8 P36");
  }

  @Test
  void plan_convolutionsOfAGate_areFloat() {
    QuantizationPlan plan = Plans.planner().plan(block());

    for (String node : List.of("squeeze", "r", "excite", "gate")) {
      assertThat(Plans.decision(plan, node)).isEqualTo("float P36");
    }
    assertThat(plan.weights())
        .extracting(WeightQuantization::tensor)
        .containsExactly("c1.W", "c2.W");
  }

  @Test
  void plan_withInt8Gates_pairsTheGateToo() {
    QuantizationPlan plan = Plans.planner().withInt8Gates(true).plan(block());

    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [c1[0]], P01",
            "main -> [gap[0], mul[0]], P36",
            "gate -> [mul[1]], P36",
            "mul -> [c2[0]], P01");
    assertThat(Plans.decision(plan, "excite")).isEqualTo("float P36");
  }

  @Test
  void plan_gateOfAFloatTensor_pairsNothing() {
    builder.output(builder.conv("c2", gated(f.op("Sin", stem)), 32, 32, 1));
    QuantizationPlan plan = Plans.planner().withInt8Gates(true).plan(builder.build());

    assertThat(Plans.pairs(plan)).containsExactly("mul -> [c2[0]], P01");
    assertThat(Plans.decision(plan, "mul")).isEqualTo("float P36");
  }

  @Test
  void plan_gateReadInFloat_pairsNothing() {
    builder.output(f.op("Sin", gated(builder.conv("c1", stem, 32, 32, 3))));
    QuantizationPlan plan = Plans.of(builder);

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01");
    assertThat(Plans.decision(plan, "gap")).isEqualTo("float P36");
  }

  @Test
  void plan_residualGate_pairsAllThreeReadersAndNotTheProduct() {
    String main = builder.relu("main", builder.conv("c1", stem, 32, 32, 3));
    String sum = builder.sum("add", main, gated(main));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", sum, 32, 32, 1)));

    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [c1[0]], P01", "main -> [gap[0], mul[0], add[0]], P36", "add -> [c2[0]], P01");
    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P36");
  }

  @Test
  void plan_functionAndConstantsBeforeTheGate_areSeenThrough() {
    String swish = f.hardSwish(builder.conv("c1", stem, 32, 32, 3));
    String main = f.add(f.mul(swish, f.number(2)), f.number(1));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", gated(main), 32, 32, 1)));

    assertThat(Plans.pairs(plan)).contains(main + " -> [gap[0], mul[0]], P36");
  }

  /** P52 leaves a Conv float whose HardSwish a float average reads; here the average is INT8. */
  @Test
  void plan_hardSwishBeforeTheGate_keepsItsConvolutionInt8() {
    String main = f.hardSwish(builder.conv("c1", stem, 32, 32, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", gated(main), 32, 32, 1)));

    assertThat(Plans.decision(plan, "c1")).isEqualTo("INT8 P01");
  }

  @Test
  void plan_excludedProduct_pairsNothing() {
    QuantizationPlan plan =
        Plans.planner().withExcluded(NodeSelector.none().withName("mul")).plan(block());

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01", "mul -> [c2[0]], P01");
    assertThat(plan.decision("mul").orElseThrow().why().text()).isEqualTo("excluded by option");
  }

  @Test
  void quantize_gate_staysClose() {
    OnnxModel model = block();
    Tensor sample = ModelBuilder.random(8, 1, 2, 32, 8, 8);

    OnnxModel int8 = Calibration.quantized(model, sample, Target.TENSORRT);

    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, sample), OnnxRuntimeOracle.run(int8, sample)))
        .isGreaterThan(25);
  }
}
