/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Numbers.inputs;
import static io.github.quant4j.onnx.repair.Numbers.scale;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemovePairsBeforeEpiloguesTest {
  private static final float SCALE = 0.2f;
  private static final long[] SHAPE = {1, 8, 4, 4};

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final RemovePairsBeforeEpilogues pass = new RemovePairsBeforeEpilogues();

  /** Adds an input of the graph with a pair, and a Conv with a pair. */
  private String conv() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 4, 4), 0.04f);
    return graph.pair("conv.pair", graph.int8Conv("conv", x, 8, 8, 3), SCALE);
  }

  private String epilogue(String opType, String input) {
    return switch (opType) {
      case "Clip" -> builder.add(opType, "f", List.of(input, scalar("low", 0), scalar("high", 6)));
      case "PRelu" -> builder.add(opType, "f", List.of(input, scalar("slope", 0.1f)));
      case "BatchNormalization" -> builder.batchNormalization("f", input, 8);
      case "Mul" -> builder.add(opType, "f", List.of(input, scalar("factor", 0.7f)));
      case "SiLU" ->
          builder.add("Mul", "f", List.of(input, builder.add("Sigmoid", "g", List.of(input))));
      default -> builder.add(opType, "f", List.of(input));
    };
  }

  private String scalar(String name, float value) {
    return builder.constant(name, Tensor.ofFloats(Shape.of(), value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Relu",
        "Clip",
        "LeakyRelu",
        "PRelu",
        "HardSwish",
        "Sigmoid",
        "BatchNormalization",
        "Mul",
        "SiLU"
      })
  void run_pairBeforeAFunctionThatHasOneBehindIt_isRemoved(String opType) {
    graph.pair("y", epilogue(opType, conv()), SCALE);
    OnnxModel model = graph.build("y");

    // Steps of 0.2 before BatchNormalization are scaled by up to 2 / sqrt(0.25).
    double slope = opType.equals("BatchNormalization") ? 4 : 1.2;
    List<Finding> findings =
        Numbers.assertWithin(pass, model, SCALE * (1 + Math.ceil(slope / 2)) + 1e-5, SHAPE);

    assertThat(inputs(model, "f")).contains("conv");
    assertThat(Numbers.pairs(model)).isEqualTo(2);
    assertThat(scale(model, "y.q")).isEqualTo(SCALE);
    assertThat(findings).extracting(Finding::defect).containsOnly(Defect.PAIR_BEFORE_EPILOGUE);
  }

  @Test
  void run_reluBetweenPairsOfOneScale_changesByOneStepAtMost() {
    graph.pair("y", builder.relu("f", conv()), SCALE);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertWithin(pass, model, SCALE * 1.001, SHAPE);

    assertThat(findings)
        .extracting(Finding::toString)
        .containsExactly(
            "R11 warning at node \"conv.pair.q\", tensor \"conv\": a pair of scale 0.2 stands before"
                + " \"f\"; the pair is removed, that on \"f\" stays");
  }

  @Test
  void run_siluWithPairsOnEveryEdge_keepsTheOneBehindIt() {
    String x = conv();
    String gate = graph.pair("gate", builder.add("Sigmoid", "g", List.of(x)), 1f / 127);
    graph.pair("y", builder.add("Mul", "f", List.of(x, gate)), SCALE);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertWithin(pass, model, 2 * SCALE, SHAPE);

    assertThat(inputs(model, "f")).containsExactly("conv", "g");
    assertThat(inputs(model, "g")).containsExactly("conv");
    assertThat(findings).hasSize(2);
    assertThat(findings.get(0).toString())
        .contains("tears \"g\" and \"f\" apart, which are one function");
  }

  @Test
  void run_pairBehindTheSumOfARelu_takesTheFinerScaleOfData() {
    graph.pair("a", builder.relu("f", conv()), SCALE);
    graph.int8Conv("next", graph.pair("b", builder.maxPool("pool", "a"), SCALE), 8, 8, 1);
    OnnxModel model = graph.build("next");

    List<Finding> findings =
        Repairs.runTwice(pass, model, Numbers.observed(Map.of("f", 12.7f, "conv", 25f)));

    assertThat(List.of(scale(model, "a.q"), scale(model, "a"), scale(model, "b")))
        .containsOnly(0.1f);
    assertThat(findings)
        .extracting(finding -> finding.remedy().text())
        .containsExactly(
            "the pair is removed, that on \"f\" stays, scale 0.2 -> 0.1, as data was observed");
  }

  @ParameterizedTest
  @ValueSource(floats = {25.4f, 30})
  void run_dataThatGivesNoFinerScale_leavesTheScale(float maximum) {
    graph.pair("y", builder.relu("f", conv()), SCALE);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model, Numbers.observed(Map.of("f", maximum)));

    assertThat(scale(model, "y")).isEqualTo(SCALE);
  }

  @Test
  void run_pairOfAScaleOfItsOwnBehind_keepsItDespiteData() {
    graph.pair("y", builder.relu("f", conv()), 0.15f);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model, Numbers.observed(Map.of("f", 12.7f)));

    assertThat(scale(model, "y")).isEqualTo(0.15f);
  }

  @Test
  void run_noPairBehindAndAnInt8Reader_movesThePair() {
    builder.batchNormalization("n", conv(), 8);
    graph.int8Conv("y", builder.relu("f", "n"), 8, 8, 1);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model, Numbers.observed(Map.of("f", 12.7f)));

    assertThat(inputs(model, "n")).first().isEqualTo("conv");
    assertThat(inputs(model, "f")).containsExactly("n");
    assertThat(inputs(model, "f_QuantizeLinear")).first().isEqualTo("f");
    assertThat(scale(model, "f_DequantizeLinear")).isEqualTo(0.1f);
  }

  @Test
  void run_noPairBehindARelu_movesItWithItsScale() {
    graph.int8Conv("y", builder.maxPool("pool", builder.relu("f", conv())), 8, 8, 1);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(inputs(model, "pool")).containsExactly("f_dequantized");
    assertThat(scale(model, "f_QuantizeLinear")).isEqualTo(SCALE);
    assertThat(findings.get(0).toString()).endsWith("the pair is moved to \"f\", with scale 0.2");
  }

  @Test
  void run_noPairBehindASigmoid_makesOneForItsValues() {
    graph.int8Conv("y", builder.add("Sigmoid", "f", List.of(conv())), 8, 8, 1);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(scale(model, "f_QuantizeLinear")).isEqualTo(1f / 127);
  }

  @Test
  void run_noPairBehindANormalization_isRefusedWithoutData() {
    graph.int8Conv("y", builder.batchNormalization("n", conv(), 8), 8, 8, 1);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(findings).hasSize(1).allMatch(Finding::isRefused);
    assertThat(findings.get(0).toString())
        .endsWith("\"n\" would need a pair instead; give ranges that hold it");
    assertThat(Numbers.pairs(model)).isEqualTo(2);
  }

  @Test
  void run_normalizationBeforeAResidualAdd_leavesTheWholeBranchBare() {
    String normal = builder.batchNormalization("n", conv(), 8);
    builder.sum("y", normal, "x.pair");
    OnnxModel model = graph.build("y");

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(inputs(model, "y")).containsExactly("n", "x.pair");
    assertThat(inputs(model, "n")).first().isEqualTo("conv");
    assertThat(findings).hasSize(1).noneMatch(Finding::isRefused);
  }

  @Test
  void run_reluBeforeAQuantizedAdd_movesThePair() {
    builder.sum("y", builder.relu("f", conv()), "x.pair");
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(inputs(model, "y")).containsExactly("f_dequantized", "x.pair");
  }

  @Test
  void run_chainOfThousandsOfOperators_isWalkedWithoutRecursion() {
    String value = graph.pair("p", builder.relu("f", conv()), SCALE);
    for (int i = 0; i < 20_000; i++) {
      value = builder.add("Identity", "i" + i, List.of(value));
    }
    graph.pair("y", value, SCALE);
    OnnxModel model = graph.build("y");
    RepairContext context = new RepairContext(model, Numbers.observed(Map.of("f", 12.7f)));

    assertThat(pass.run(context)).isTrue();
    assertThat(new RemoveRedundantPairs().run(context)).isTrue();
    assertThat(scale(model, "y")).isEqualTo(0.1f);
  }

  @Test
  void run_pairBehindForOneOfTwoInt8Readers_servesBoth() {
    String relu = builder.relu("f", conv());
    builder.output(graph.int8Conv("bare", relu, 8, 8, 1));
    builder.output(graph.int8Conv("paired", graph.pair("p", relu, SCALE), 8, 8, 1));
    OnnxModel model = builder.build();

    Repairs.runTwice(pass, model);

    assertThat(inputs(model, "bare")).first().isEqualTo("p");
    assertThat(Repairs.operators(model))
        .endsWith("QuantizeLinear DequantizeLinear Conv DequantizeLinear Conv");
  }

  @Test
  void run_floatReaders_losesThePair() {
    builder.add("Softmax", "y", List.of(builder.relu("f", conv())));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(Numbers.pairs(model)).isEqualTo(1);
  }

  @Test
  void run_pairWithOtherReaders_staysAsItIs() {
    String shared = conv();
    builder.sum("y", graph.pair("p", builder.relu("f", shared), SCALE), shared);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_functionBehindNothingFusible_staysAsItIs() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 4, 4), 0.04f);
    graph.pair("y", builder.relu("f", x), 0.03f);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_gateOfABareTensor_losesItsPair() {
    String conv = graph.int8Conv("conv", graph.input("x", 1, 8, 4, 4), 8, 8, 3);
    String gate = graph.pair("gate", builder.add("Sigmoid", "g", List.of(conv)), 1f / 127);
    graph.pair("y", builder.add("Mul", "f", List.of(conv, gate)), SCALE);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(inputs(model, "f")).containsExactly("conv", "g");
  }

  @Test
  void run_productWithAFunctionThatIsNoGate_keepsThePair() {
    String conv = graph.int8Conv("conv", graph.input("x", 1, 8, 4, 4), 8, 8, 3);
    String other = graph.pair("p", builder.add("Tanh", "g", List.of(conv)), 1f / 127);
    builder.add("Mul", "y", List.of(conv, other));

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  /** An activation function ends what can be fused with a residual Add behind it. */
  @Test
  void run_normalizationAndReluBeforeAQuantizedAdd_wantAPair() {
    String relu = builder.relu("f", builder.batchNormalization("n", conv(), 8));
    builder.sum("y", relu, "x.pair");

    assertThat(Repairs.runTwice(pass, graph.build("y")))
        .singleElement()
        .matches(Finding::isRefused);
  }
}
