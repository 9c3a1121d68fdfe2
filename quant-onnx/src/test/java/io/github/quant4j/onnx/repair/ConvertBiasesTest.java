/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Target;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvertBiasesTest {
  private static final Tensor X = ModelBuilder.random(9, 1, 1, 2, 4, 4);
  private static final int[] CODES = {16_777_215, -5, 1234};

  @Test
  void run_int32BiasOfAConvolution_isAFloatConstantAndTheAnswerTheSame() {
    QdqGraph graph = graph();
    String bias = graph.bias("b", CODES, 1e-6f, 3e-5f, 7e-5f);
    OnnxModel model = graph.build(graph.conv("y", 1, "p", weight(graph), bias));
    float[] before = OnnxRuntimeOracle.run(model, X);

    List<Finding> findings = Repairs.runTwice(new ConvertBiases(), model);

    assertThat(findings)
        .singleElement()
        .hasToString(
            "R09 error at node \"y\", tensor \"b\": int32 codes behind DequantizeLinear \"b\"; "
                + "float32 constant of shape [3], up to 16.777214 in magnitude");
    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Conv");
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before);
  }

  @Test
  void run_randomCodes_areWhatFloat64RoundedOnceGives() {
    long seed = 909;
    SplittableRandom random = new SplittableRandom(seed);
    int[] codes = new int[200];
    float[] scales = new float[codes.length];
    float[] expected = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = random.nextInt();
      scales[i] = (float) Math.scalb(random.nextDouble(1, 2), random.nextInt(-40, 0));
      expected[i] = (float) ((double) codes[i] * (double) scales[i]);
    }
    QdqGraph graph = graph();
    String bias = graph.bias("b", codes, scales);
    OnnxModel model =
        graph.build(graph.conv("y", 1, "p", graph.weight("w", 0, 200, 2, 1, 1), bias));

    Repairs.runTwice(new ConvertBiases(), model);

    assertThat(floats(value(model, "b"))).as("seed %s", seed).containsExactly(expected);
  }

  @Test
  void run_zeroPointOfAnInt32Bias_isTakenOff() {
    QdqGraph graph = graph();
    graph.builder().constant("c", Tensor.ofInts(Shape.of(3), 10, -5, 7));
    graph.builder().constant("s", Tensor.ofFloats(Shape.of(), 0.5f));
    graph.builder().constant("z", Tensor.ofInts(Shape.of(), 4));
    String bias = graph.builder().add("DequantizeLinear", "b", List.of("c", "s", "z"));
    OnnxModel model = graph.build(graph.conv("y", 1, "p", weight(graph), bias));

    Repairs.runTwice(new ConvertBiases(), model);

    assertThat(floats(value(model, "b"))).containsExactly(3f, -4.5f, 1.5f);
  }

  @Test
  void run_biasOfGemmAndTransposedConvolution_areConvertedToo() {
    QdqGraph graph = graph();
    String shared = graph.bias("b", CODES, 0.5f, 0.25f, 2f);
    String up =
        graph
            .builder()
            .add("ConvTranspose", "t", List.of("p", graph.weight("v", 1, 2, 3, 1, 1), shared));
    String flat = graph.builder().add("Flatten", "f", List.of(up));
    String gemm =
        graph.builder().add("Gemm", "y", List.of(flat, graph.weight("u", 1, 48, 3), shared));
    OnnxModel model = graph.build(gemm);

    List<Finding> findings = Repairs.runTwice(new ConvertBiases(), model);

    assertThat(findings).hasSize(1);
    assertThat(Repairs.node(model, "t").requiredInput(2)).isEqualTo(value(model, "b"));
    assertThat(Repairs.node(model, "y").requiredInput(2)).isEqualTo(value(model, "b"));
    assertThat(floats(value(model, "b"))).containsExactly(0.5f * CODES[0], -1.25f, 2468f);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void run_convolutionWithoutBias_changesNothing(boolean isNamed) {
    QdqGraph graph = graph();
    String weight = weight(graph);
    graph.conv("y", 1, isNamed ? new String[] {"p", weight, ""} : new String[] {"p", weight});

    assertThat(Repairs.runTwice(new ConvertBiases(), graph.build("y"))).isEmpty();
  }

  @Test
  void run_int8BiasThatAnotherNodeReadsToo_isFloatForTheConvolutionOnly() {
    QdqGraph graph = graph();
    Tensor codes = Tensor.ofBytes(ElementType.UINT8, Shape.of(3), (byte) 1, (byte) 200, (byte) 3);
    String bias = graph.weight("b", 0, codes, Tensor.ofFloats(Shape.of(3), 0.1f, 0.2f, 0.3f));
    graph.conv("y", 1, "p", weight(graph), bias);
    OnnxModel model = graph.build("y", graph.builder().relu("r", bias));

    Repairs.runTwice(new ConvertBiases(), model);

    assertThat(floats(Repairs.node(model, "y").requiredInput(2)))
        .containsExactly(0.1f, 200 * 0.2f, 3 * 0.3f);
    assertThat(Repairs.node(model, "r").requiredInput(0).producer()).isPresent();
  }

  @Test
  void run_pairOnAFloatBias_isTheRoundedConstant() {
    QdqGraph graph = graph();
    graph.builder().constant("f", Tensor.ofFloats(Shape.of(3), 0.74f, -500f, 0.25f));
    String bias = graph.pair("b", "f", 0.5f, ElementType.INT8, 3);
    OnnxModel model = graph.build(graph.conv("y", 1, "p", weight(graph), bias));
    float[] before = OnnxRuntimeOracle.run(model, X);

    Repairs.runTwice(new ConvertBiases(), model);

    assertThat(floats(value(model, "b"))).containsExactly(0.5f, -65.5f, 0f);
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before);
  }

  @Test
  void run_codesThatDoNotFitTheirScales_areRefused() {
    QdqGraph graph = graph();
    String bias = graph.bias("b", CODES, 1f, 2f);
    OnnxModel model = graph.build(graph.conv("y", 1, "p", weight(graph), bias));

    Repairs.assertRefused(new ConvertBiases(), model);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3})
  void run_int32ConstantAddedBehindAConvolution_becomesItsBias(long leading) {
    QdqGraph graph = graph();
    long[] shape = leading == 1 ? new long[] {1, 3, 1, 1} : new long[] {3, 1, 1};
    graph.builder().constant("c", Tensor.ofInts(Shape.of(shape), CODES));
    graph.builder().constant("s", Tensor.ofFloats(Shape.of(), 1e-4f));
    String late = graph.builder().add("DequantizeLinear", "b", List.of("c", "s"));
    graph.builder().constant("own", Tensor.ofFloats(Shape.of(3), 1, 2, 3));
    String conv = graph.conv("k", 1, "p", weight(graph), "own");
    OnnxModel model = graph.build(graph.builder().sum("y", late, conv));
    float[] before = OnnxRuntimeOracle.run(model, X);

    List<Finding> findings = Repairs.runTwice(new ConvertBiases(), model);

    assertThat(findings).hasSize(2);
    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Conv");
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before, within(2e-3f));
    float[] expected = new float[3];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (float) (i + 1 + (double) (float) (CODES[i] * (double) 1e-4f));
    }
    assertThat(floats(Repairs.node(model, "k").requiredInput(2))).containsExactly(expected);
  }

  @Test
  void run_constantAddedBehindAGemmWithBeta_isPartOfItsBias() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 4);
    graph.pair("p", "x", 0.01f);
    graph.builder().constant("c", Tensor.ofFloats(Shape.of(), 8));
    String gemm =
        graph
            .builder()
            .add(
                "Gemm",
                "g",
                List.of("p", graph.weight("w", 1, 4, 3), "c"),
                ModelBuilder.real("beta", 0.5f));
    graph.builder().constant("d", Tensor.ofFloats(Shape.of(1, 3), 1, 2, 3));
    OnnxModel model = graph.build(graph.builder().sum("y", gemm, "d"));

    Repairs.runTwice(new ConvertBiases(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Gemm");
    assertThat(floats(Repairs.node(model, "g").requiredInput(2))).containsExactly(5f, 6f, 7f);
    assertThat(Repairs.node(model, "g").hasAttribute("beta")).isFalse();
  }

  @Test
  void run_constantAddedBehindAMatMul_stays() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 4);
    graph.pair("p", "x", 0.01f);
    String product = graph.builder().add("MatMul", "m", List.of("p", graph.weight("w", 1, 4, 3)));
    String bias = graph.bias("b", CODES, 1f, 2f, 3f);
    OnnxModel model = graph.build(graph.builder().sum("y", product, bias));

    Repairs.runTwice(new ConvertBiases(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear MatMul Add");
    assertThat(value(model, "b").isConstant()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rows", "another reader", "a pair between", "float"})
  void run_addThatIsNoBias_stays(String obstacle) {
    QdqGraph graph = graph();
    boolean hasRows = obstacle.equals("rows");
    graph
        .builder()
        .constant(
            "c", ModelBuilder.random(1, 1, hasRows ? new long[] {3, 4, 1} : new long[] {3, 1, 1}));
    String weight =
        obstacle.equals("float") ? graph.builder().weight("f", 3, 2, 1, 1) : weight(graph);
    String conv = graph.conv("k", 1, obstacle.equals("float") ? "x" : "p", weight);
    String left = obstacle.equals("a pair between") ? graph.pair("m", conv, 0.1f) : conv;
    graph.builder().sum("y", left, "c");
    OnnxModel model = obstacle.equals("another reader") ? graph.build("y", "k") : graph.build("y");

    assertThat(Repairs.runTwice(new ConvertBiases(), model)).isEmpty();
  }

  @Test
  void run_castOfABiasToFloat16_isFoldedWithIt() {
    QdqGraph graph = graph();
    String bias = graph.bias("b", new int[] {4, 5, 6}, 0.5f, 0.5f, 0.5f);
    String half = graph.builder().add("Cast", "h", List.of(bias), ModelBuilder.integer("to", 10));
    OnnxModel model =
        graph.build(graph.builder().add("Cast", "y", List.of(half), ModelBuilder.integer("to", 1)));

    Repairs.runTwice(new ConvertBiases(), model);

    assertThat(value(model, "h").constantElementType()).contains(ElementType.FLOAT16);
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear Cast");
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1.01, 1"})
  void run_integerBiasForOnnxRuntime_staysWhereItsUnitsAreRight(float factor, int findings) {
    RepairOptions options = RepairOptions.defaults().withTarget(Target.ONNXRUNTIME);

    assertThat(Repairs.runTwice(new ConvertBiases(), inUnits(factor), options)).hasSize(findings);
  }

  /** A bias in units of input scale times weight scale times a factor. */
  private static OnnxModel inUnits(float factor) {
    QdqGraph graph = graph();
    float[] scales = new float[3];
    Tensor weights = Tensor.ofFloats(Shape.of(3), 0.001f, 0.002f, 0.003f);
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) ((double) 0.01f * weights.floats().get(i)) * factor;
    }
    Tensor codes =
        Tensor.ofBytes(ElementType.INT8, Shape.of(3, 2, 1, 1), new byte[] {1, 2, 3, 4, 5, 6});
    String weight = graph.weight("w", 0, codes, weights);
    return graph.build(graph.conv("y", 1, "p", weight, graph.bias("b", CODES, scales)));
  }

  private static QdqGraph graph() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 4, 4);
    graph.pair("p", "x", 0.01f);
    return graph;
  }

  private static String weight(QdqGraph graph) {
    return graph.weight("w", 0, 3, 2, 1, 1);
  }

  private static Value value(OnnxModel model, String name) {
    return model.graph().value(name).orElseThrow();
  }

  private static float[] floats(Value value) {
    return ScaleValues.of(value.constant().orElseThrow()).orElseThrow();
  }
}
