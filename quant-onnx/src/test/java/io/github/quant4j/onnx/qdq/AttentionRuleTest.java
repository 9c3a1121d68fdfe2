/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionRuleTest {
  private static final QdqPlanner INT8 = Plans.planner().withInt8Attention(true);

  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String mask = builder.add("Sin", "mask", List.of(builder.input("m", 1, 1, 1, "s")));

  /** T13: attention over s positions with heads of a size, up to the projection of its result. */
  private OnnxModel attention(int heads, Object positions, int head) {
    int width = heads * head;
    String x = builder.relu("x", builder.input("tokens", 1, positions, width));
    String q = split(projected("q", x, width), positions, heads, head, 0, 2, 1, 3);
    String k = split(projected("k", x, width), positions, heads, head, 0, 2, 3, 1);
    String v = split(projected("v", x, width), positions, heads, head, 0, 2, 1, 3);
    builder.add("MatMul", "scores", List.of(q, k));
    String scaled = f.div("scores", f.number(Math.sqrt(head)));
    builder.add("Softmax", "softmax", List.of(builder.sum("masked", scaled, mask)));
    builder.add("MatMul", "context", List.of("softmax", v));
    builder.longs("merged", 1, -1, width);
    String merged = f.op("Reshape", List.of(f.transposed("context", 0, 2, 1, 3), "merged"));
    return builder.output(projected("o", merged, width)).build();
  }

  private String projected(String name, String input, int width) {
    builder.weight(name + ".W", width, width);
    return builder.add("MatMul", name, List.of(input, name + ".W"));
  }

  private String split(String input, Object positions, int heads, int head, long... permutation) {
    String shape = "shape" + input;
    builder.longs(shape, 1, positions instanceof Integer count ? count : -1, heads, head);
    return f.transposed(f.op("Reshape", List.of(input, shape)), permutation);
  }

  private static List<String> pairsOfP15(QuantizationPlan plan) {
    return Plans.pairs(plan).stream().filter(pair -> pair.endsWith("P15")).toList();
  }

  @Test
  void plan_attention_isFloatByDefault() {
    QuantizationPlan plan = Plans.planner().plan(attention(3, 196, 64));

    assertThat(Plans.decision(plan, "scores")).isEqualTo("float P15");
    assertThat(Plans.decision(plan, "softmax")).isEqualTo("float P15");
    assertThat(Plans.decision(plan, "masked")).isEqualTo("float P15");
    assertThat(Plans.decision(plan, "context")).isEqualTo("float P15");
    assertThat(plan.decision("context").orElseThrow().why().text()).contains("one kernel");
    assertThat(plan.activationPairs())
        .extracting(ActivationPair::ruleId)
        .containsExactly("P12", "P12");
  }

  @Test
  void plan_int8Attention_hasFivePairs() {
    QuantizationPlan plan = INT8.plan(attention(3, 196, 64));

    assertThat(Plans.decision(plan, "scores")).isEqualTo("INT8 P15");
    assertThat(Plans.decision(plan, "softmax")).isEqualTo("float P15");
    assertThat(Plans.decision(plan, "context")).isEqualTo("INT8 P15");
    assertThat(pairsOfP15(plan))
        .hasSize(4)
        .anyMatch(pair -> pair.contains("[scores[0]]"))
        .anyMatch(pair -> pair.contains("[scores[1]]"))
        .contains("softmax -> [context[0]], P15")
        .anyMatch(pair -> pair.contains("[context[1]]"));
    assertThat(Plans.pairs(plan)).anyMatch(pair -> pair.endsWith("[o[0]], P12"));
  }

  @Test
  void plan_int8Attention_doesNotObserveProbabilities() {
    QuantizationPlan plan = INT8.plan(attention(3, 196, 64));

    assertThat(plan.observationPoints()).doesNotContain("softmax").hasSize(5);
    assertThat(plan.activationPairs())
        .filteredOn(pair -> pair.tensor().equals("softmax"))
        .extracting(pair -> pair.fixedRange().orElseThrow())
        .containsExactly(new ValueRange(-1, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "16, 16, INT8 P15",
    "32, 512, INT8 P15",
    "64, 512, INT8 P15",
    "48, 64, float P15",
    "128, 64, float P15",
    "32, 513, float P15"
  })
  void plan_int8AttentionAtTheLimits_followsTheKernel(int head, int positions, String expected) {
    QuantizationPlan plan = INT8.plan(attention(2, positions, head));

    assertThat(Plans.decision(plan, "scores")).isEqualTo(expected);
    assertThat(Plans.decision(plan, "context")).isEqualTo(expected);
    assertThat(pairsOfP15(plan)).hasSize(expected.startsWith("INT8") ? 4 : 0);
  }

  @Test
  void plan_int8AttentionOfUnknownLength_isFloat() {
    QuantizationPlan plan = INT8.plan(attention(2, "s", 32));

    assertThat(Plans.decision(plan, "scores")).isEqualTo("float P15");
    assertThat(plan.decision("scores").orElseThrow().why().text()).contains("unknown size");
  }

  @Test
  void plan_int8AttentionReadInFloat_isFloat() {
    builder.output(f.op("Sin", "context"));
    QuantizationPlan plan = INT8.plan(attention(2, 64, 32));

    assertThat(Plans.decision(plan, "context")).isEqualTo("float P15");
    assertThat(pairsOfP15(plan)).isEmpty();
  }

  @Test
  void plan_int8AttentionWithAnExcludedProduct_isFloat() {
    QuantizationPlan plan =
        INT8.withExcluded(NodeSelector.none().withName("scores")).plan(attention(2, 64, 32));

    assertThat(plan.decision("scores").orElseThrow().why().text()).isEqualTo("excluded by option");
    assertThat(Plans.decision(plan, "context")).isEqualTo("float P15");
    assertThat(pairsOfP15(plan)).isEmpty();
  }

  @Test
  void quantize_int8Attention_staysCloseWithProbabilitiesInSteps() {
    OnnxModel model = attention(2, 32, 16);
    Map<String, Tensor> inputs =
        Map.of(
            "tokens",
            ModelBuilder.random(1, 2, 1, 32, 32),
            "m",
            ModelBuilder.random(2, 1, 1, 1, 1, 32));
    QuantizationPlan plan = INT8.plan(model);
    OnnxModel int8 = model.copy();
    InsertQuantizeDequantize.of(plan, Calibration.symmetric(plan, 4), Target.TENSORRT).run(int8);

    assertThat(
            Calibration.signalToNoise(
                floats(OnnxRuntimeOracle.run(model, inputs)),
                floats(OnnxRuntimeOracle.run(int8, inputs))))
        .isGreaterThan(15);
    Node quantize = int8.graph().value("softmax_quantized").flatMap(Value::producer).orElseThrow();
    assertThat(quantize.requiredInput(1).constant().orElseThrow().floats().get(0))
        .isEqualTo(1f / 127);
  }

  private static float[] floats(Map<String, Tensor> outputs) {
    Tensor first = outputs.values().iterator().next();
    float[] values = new float[first.floats().remaining()];
    first.floats().get(values);
    return values;
  }
}
