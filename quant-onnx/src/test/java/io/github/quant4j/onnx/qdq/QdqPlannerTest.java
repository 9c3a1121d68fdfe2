/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QdqPlannerTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void plan_tensorWithThreeInt8Readers_hasOnePair() {
    String x = builder.input("x", "n", 16, 8, 8);
    for (String name : List.of("a", "b", "c")) {
      builder.output(builder.conv(name, x, 16, 16, 3));
    }

    assertThat(Plans.pairs(Plans.of(builder))).containsExactly("x -> [a[0], b[0], c[0]], P06");
  }

  @Test
  void plan_tensorWithAFloatReader_isPairedForTheOthersAndNoted() {
    String r = builder.relu("r", builder.input("x", "n", 16, 8, 8));
    builder.output(builder.add("Softmax", "s", List.of(r)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c", r, 16, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly("r -> [c[0]], P01");
    assertThat(plan.notes()).containsExactly("P46: tensor \"r\" is read both as INT8 and as float");
  }

  @Test
  void plan_tensorThatIsAnOutputToo_isNoted() {
    String r = builder.relu("r", builder.input("x", "n", 16, 8, 8));
    QuantizationPlan plan = Plans.of(builder.output(r).output(builder.conv("c", r, 16, 16, 3)));

    assertThat(plan.notes()).hasSize(1);
  }

  @Test
  void plan_graphInputAndOutput_pairRightAfterTheInputAndNoneBehindTheOutput() {
    QuantizationPlan plan =
        Plans.of(builder.output(builder.conv("c", builder.input("x", "n", 16, 8, 8), 16, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly("x -> [c[0]], P06");
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void plan_convolutionBeforeAnActivation_hasThePairAfterIt() {
    String x = builder.input("x", "n", 16, 8, 8);
    String r = builder.add("LeakyRelu", "r", List.of(builder.conv("c", x, 16, 16, 3)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("d", r, 16, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly("x -> [c[0]], P06", "r -> [d[0]], P01");
  }

  @Test
  void plan_reluAndClip_areInt8BehindInt8() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.output(builder.relu("behind", builder.conv("c", x, 16, 16, 3)));
    builder.output(builder.relu("alone", x));
    QuantizationPlan plan = Plans.of(builder);

    assertThat(Plans.decision(plan, "behind")).isEqualTo("INT8 P22");
    assertThat(Plans.decision(plan, "alone")).isEqualTo("float P22");
  }

  @Test
  void plan_weightReadByTwoConvolutions_isOneWeight() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.weight("W", 16, 16, 3, 3);
    builder.output(builder.convOf("a", x, "W")).output(builder.convOf("b", x, "W"));
    QuantizationPlan plan = Plans.of(builder);

    assertThat(plan.weights()).hasSize(1);
    assertThat(plan.weights().get(0).edges()).containsExactly(new Edge("a", 1), new Edge("b", 1));
  }

  @Test
  void plan_weightReadAlongTwoAxes_isTwoWeights() {
    String x = builder.input("x", "n", 32);
    builder.weight("W", 32, 32);
    builder.add("Gemm", "a", List.of(x, "W"), ModelBuilder.integer("transB", 1));
    builder.add("Gemm", "b", List.of(x, "W"));
    QuantizationPlan plan = Plans.of(builder.output("a").output("b"));

    assertThat(plan.weights()).extracting(w -> w.axis().orElseThrow()).containsExactly(0, 1);
  }

  @Test
  void plan_operatorNoRuleSpeaksOf_isFloatWithAReason() {
    String x = builder.input("x", 4, 2, 16);
    QuantizationPlan plan = Plans.of(builder.output(builder.add("Sin", "s", List.of(x))));

    assertThat(plan.activationPairs()).isEmpty();
    assertThat(plan.decision("s")).hasToString("Optional[Sin \"s\" float (no rule quantizes Sin)]");
  }

  @Test
  void plan_bodyReadingAPairedTensor_leavesTheBody() {
    String x = builder.input("x", "n", 16, 8, 8);
    String c = builder.conv("c", x, 16, 16, 3);
    builder.output(Bodies.choice(builder, "if", c));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("d", c, 16, 16, 3)));

    assertThat(Plans.decision(plan, "if")).isEqualTo("float P49");
    assertThat(Plans.pairs(plan)).containsExactly("x -> [c[0]], P06", "c -> [d[0]], P01");
    assertThat(plan.notes()).containsExactly("P46: tensor \"c\" is read both as INT8 and as float");
  }

  @Test
  void plan_normalizationBehindAnAdd_isFloat() {
    String x = builder.input("x", "n", 16, 8, 8);
    QuantizationPlan plan =
        Plans.of(builder.output(builder.batchNormalization("bn", builder.sum("s", x, x), 16)));

    assertThat(Plans.decision(plan, "bn")).isEqualTo("float P20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"layer1/a", "layer1/.*", "layer1/[ab]"})
  void plan_excludedByNameOrExpression_isFloat(String excluded) {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.output(builder.conv("layer2/c", builder.conv("layer1/a", x, 16, 16, 3), 16, 16, 3));
    QuantizationPlan plan =
        Plans.planner().withExcluded(NodeSelector.none().withName(excluded)).plan(builder.build());

    assertThat(plan.decision("layer1/a"))
        .hasToString("Optional[Conv \"layer1/a\" float (excluded by option)]");
    assertThat(Plans.pairs(plan)).containsExactly("layer1/a -> [layer2/c[0]], P01");
  }

  @Test
  void plan_excludedByOperator_isFloat() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.output(builder.sum("add", builder.conv("c", x, 16, 16, 3), x));
    QuantizationPlan plan =
        Plans.planner().withExcluded(NodeSelector.none().withOperator("Add")).plan(builder.build());

    assertThat(Plans.decision(plan, "add")).isEqualTo("float ");
    assertThat(Plans.pairs(plan)).containsExactly("x -> [c[0]], P06");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MaxPool", "GlobalAveragePool", "Pad", "Add", "Conv", "Relu"})
  void plan_anyOperatorExcluded_leavesItsCallsFloat(String opType) {
    String x = builder.relu("stem", builder.input("x", 2, 16, 8, 8));
    builder.longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
    String padded = builder.add("Pad", "pad", List.of(builder.maxPool("pool", x), "pads"));
    builder.output(builder.conv("c1", padded, 16, 16, 3));
    String sum = builder.sum("sum", builder.conv("c2", x, 16, 16, 3), x);
    String gap = builder.add("GlobalAveragePool", "gap", List.of(sum));
    builder.output(builder.conv("c3", gap, 16, 16, 1));
    OnnxModel model = builder.build();

    QuantizationPlan plan =
        Plans.planner().withExcluded(NodeSelector.none().withOperator(opType)).plan(model);

    assertThat(plan.decisions())
        .filteredOn(decision -> decision.opType().equals(opType))
        .isNotEmpty()
        .allMatch(decision -> decision.why().text().equals("excluded by option"));
    assertThat(plan.activationPairs())
        .flatExtracting(ActivationPair::edges)
        .noneMatch(edge -> !plan.decision(edge.node()).orElseThrow().isQuantized());
  }

  /** T45. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "QuantizeLinear",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "QLinearConv",
        "QLinearMatMul",
        "ConvInteger",
        "MatMulInteger"
      })
  void plan_quantizedModel_isRefusedByTheNode(String opType) {
    String conv = builder.conv("c", builder.input("x", "n", 16, 8, 8), 16, 16, 3);
    OnnxModel model = builder.output(builder.add(opType, "q", List.of(conv))).build();

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> Plans.planner().plan(model))
        .withMessage(
            "model is quantized already: found "
                + opType
                + " \"q\"; pass the float32 model it was made from,"
                + " or repair it");
  }

  @Test
  void plan_opset12_isRefused() {
    OnnxModel model = builder.opset(12).output(builder.relu("r", builder.input("x", 3))).build();

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> Plans.planner().plan(model))
        .withMessage(
            "model imports operator set 12; scales per channel need 13 or later, lift it with"
                + " PassPipeline.normalization() first");
  }

  @Test
  void plan_operatorWithoutItsInput_isRefusedByName() {
    OnnxModel model =
        builder.output(builder.add("Add", "a", List.of(builder.input("x", 3)))).build();

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> Plans.planner().plan(model))
        .withMessage("node \"a\" lacks input 1, which Add needs");
  }

  @Test
  void plan_ofAModel_leavesTheModelAsItWas() {
    OnnxModel model =
        builder.output(builder.conv("c", builder.input("x", "n", 16, 8, 8), 16, 16, 3)).build();
    byte[] before = model.toByteArray();

    Plans.planner().plan(model);

    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void plan_realModel_givesEveryNodeAReason(String name) throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", name + ".onnx"));
    PassPipeline.normalization().run(model);

    QuantizationPlan plan = Plans.planner().plan(model);

    assertThat(plan.decisions()).hasSameSizeAs(model.graph().nodes());
    assertThat(plan.decisions()).allSatisfy(d -> assertThat(d.why().text()).isNotBlank());
  }

  @Test
  void plan_resNet20_quantizesEveryConvolutionAndAdd() throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", "resnet20_fp32.onnx"));
    PassPipeline.normalization().run(model);

    QuantizationPlan plan = Plans.planner().plan(model);

    assertThat(plan.decisions())
        .filteredOn(d -> d.opType().equals("Conv") || d.opType().equals("Add"))
        .hasSize(30)
        .allMatch(NodeDecision::isQuantized);
    assertThat(plan.weights()).hasSize(21);
    assertThat(plan.biases()).hasSize(21);
  }

  /** Takes about a second; were it quadratic, it would take minutes. */
  @Test
  void plan_chainOfFiftyThousandNodes_takesTimeInProportion() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.weight("W", 16, 16, 1, 1);
    for (int i = 0; i < 10_000; i++) {
      String c = builder.convOf("c" + i, x, "W");
      String p = builder.relu("r" + i, builder.add("Flatten", "f" + i, List.of(c)));
      x = builder.sum("s" + i, builder.add("Sigmoid", "g" + i, List.of(p)), x);
    }
    OnnxModel model = builder.output(x).build();

    long start = System.nanoTime();
    QuantizationPlan plan = Plans.planner().plan(model);
    plan.decisions().forEach(decision -> plan.decision(decision.node()));
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);

    assertThat(elapsed).isLessThan(Duration.ofSeconds(15));
  }
}
