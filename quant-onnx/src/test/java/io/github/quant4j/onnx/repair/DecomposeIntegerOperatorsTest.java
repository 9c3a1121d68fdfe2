/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static io.github.quant4j.onnx.ModelBuilder.integer;
import static io.github.quant4j.onnx.ModelBuilder.integers;
import static io.github.quant4j.onnx.ModelBuilder.real;
import static io.github.quant4j.onnx.ModelBuilder.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecomposeIntegerOperatorsTest {
  private static final float SCALE = 0.05f;
  private static final long SEED = 28;

  private final QdqGraph graph = new QdqGraph();

  /** Quantizes the input x to codes "xq", uint8 with a zero point, of [2, 4, 6, 6]. */
  private List<String> image() {
    return quantized("x", 2, 4, 6, 6);
  }

  /** Adds an input and quantizes it; returns codes, scale and zero point. */
  private List<String> quantized(String input, Object... dimensions) {
    graph.input(input, dimensions);
    graph.quantize(input + "q", input, SCALE, UINT8, 90);
    return List.of(input + "q", input + "q.scale", input + "q.zp");
  }

  private List<String> result(ElementType type, int zeroPoint) {
    return graph.parameters("y", 0.1f, type, zeroPoint);
  }

  @SafeVarargs
  private static List<String> join(List<String>... parts) {
    List<String> all = new ArrayList<>();
    for (List<String> part : parts) {
      all.addAll(part);
    }
    return all;
  }

  private String bias(int... codes) {
    return graph.builder().constant("bias", Tensor.ofInts(Shape.of(codes.length), codes));
  }

  /** Ends the graph with the codes y, and their floats through a DequantizeLinear. */
  private OnnxModel endingInCodes(ElementType type) {
    graph.builder().add("DequantizeLinear", "real", List.of("y", "y.scale", "y.zp"));
    graph.builder().output("y", type);
    return graph.build("real");
  }

  /** Runs the pass twice, and the model before and after; codes may differ by the given steps. */
  private static List<Finding> check(OnnxModel model, int steps) {
    OnnxModel source = model.copy();
    List<Finding> findings = Repairs.runTwice(new DecomposeIntegerOperators(), model);
    assertThat(model.graph().nodes()).noneMatch(IntegerOperators::contains);
    assertThat(findings).noneMatch(Finding::isRefused);
    Tensor x = input(model);
    Map<String, Tensor> before = OnnxRuntimeOracle.run(source, Map.of("x", x));
    Map<String, Tensor> after = OnnxRuntimeOracle.run(model, Map.of("x", x));
    assertThat(after.keySet()).containsExactlyElementsOf(before.keySet());
    before.forEach((name, tensor) -> compare(name, tensor, requireNonNull(after.get(name)), steps));
    return findings;
  }

  private static Tensor input(OnnxModel model) {
    long[] shape =
        model.graph().inputs().get(0).type().dimensions().orElseThrow().stream()
            .mapToLong(dimension -> Long.parseLong(dimension.toString()))
            .toArray();
    return ModelBuilder.random(SEED, 4, shape);
  }

  private static void compare(String name, Tensor before, Tensor after, int steps) {
    assertThat(after.elementType()).isEqualTo(before.elementType());
    assertThat(after.shape()).isEqualTo(before.shape());
    int distinct = 0;
    for (int i = 0; i < before.shape().elementCount(); i++) {
      double left = number(before, i);
      double right = number(after, i);
      double step = before.elementType() == ElementType.FLOAT ? 0.1 : 1;
      assertThat(right)
          .as("seed %s, %s[%s]", SEED, name, i)
          .isCloseTo(left, offset(steps * step + 1e-4));
      distinct += left == number(before, 0) ? 0 : 1;
    }
    assertThat(distinct).as("elements of %s that tell something", name).isPositive();
  }

  private static double number(Tensor tensor, int index) {
    return switch (tensor.elementType()) {
      case FLOAT -> tensor.floats().get(index);
      case UINT8 -> Byte.toUnsignedInt(tensor.bytes().get(index));
      case INT8 -> tensor.bytes().get(index);
      default -> tensor.longs().get(index);
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "UINT8"})
  void run_qlinearConv_becomesConvWithBias(ElementType weightType) {
    List<String> inputs =
        join(
            image(),
            graph.operand("w", weightType, 1, 3, 4, 3, 3),
            result(UINT8, 70),
            List.of(bias(900, -2000, 31)));
    graph
        .builder()
        .add("QLinearConv", "y", inputs, integers("pads", 1, 1, 1, 1), integers("strides", 2, 2));
    OnnxModel model = endingInCodes(UINT8);

    List<Finding> findings = check(model, 1);

    Node conv = Repairs.node(model, "y");
    assertThat(conv.opType()).isEqualTo("Conv");
    assertThat(conv.integers("strides")).contains(List.of(2L, 2L));
    assertThat(conv.output().name()).isEqualTo("y_float");
    assertThat(findings).extracting(found -> found.defect().id()).containsExactly("R28");
  }

  @Test
  void run_qlinearConvPerChannel_scalesStandAlongAxis0() {
    List<String> inputs =
        join(
            List.of(graph.quantize("xq", graph.input("x", 1, 4, 6, 6), SCALE, INT8, -9)),
            List.of("xq.scale", "xq.zp"),
            graph.operand("w", INT8, 3, 3, 4, 3, 3),
            result(INT8, -5),
            List.of(bias(900, -2000, 31)));
    graph.builder().add("QLinearConv", "y", inputs);
    OnnxModel model = endingInCodes(INT8);

    check(model, 1);

    Node conv = Repairs.node(model, "y");
    Node weight = conv.requiredInput(1).producer().orElseThrow();
    Node bias = conv.requiredInput(2).producer().orElseThrow();
    assertThat(weight.integer("axis", 1)).isZero();
    assertThat(bias.integer("axis", 1)).isZero();
    assertThat(bias.inputCount()).isEqualTo(2);
    // double: 0.05f * 0.004f
    assertThat(bias.requiredInput(1).constant().orElseThrow().floats().get(2))
        .isEqualTo((float) ((double) SCALE * (0.002f + 0.001f * 2)));
  }

  @Test
  void run_qlinearMatMulPerColumn_scalesStandAlongTheLastAxis() {
    graph
        .builder()
        .add(
            "QLinearMatMul",
            "y",
            join(quantized("x", 7, 5), graph.operand("w", UINT8, 3, 5, 3), result(UINT8, 128)));
    OnnxModel model = endingInCodes(UINT8);

    check(model, 1);

    Node weight = Repairs.node(model, "y").requiredInput(1).producer().orElseThrow();
    assertThat(weight.integer("axis", 0)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "UINT8"})
  void run_qgemm_becomesGemmOfScaledBias(ElementType weightType) {
    List<String> inputs =
        join(
            quantized("x", 5, 7),
            graph.operand("w", weightType, 3, 3, 5),
            List.of(bias(900, -2000, 31)),
            result(UINT8, 128));
    graph.microsoft(
        "QGemm", "y", inputs, integer("transA", 1), integer("transB", 1), real("alpha", 0.5f));

    check(endingInCodes(UINT8), 1);
  }

  @Test
  void run_qgemmWithoutResultScale_writesFloats() {
    List<String> inputs =
        join(
            quantized("x", 7, 5), graph.operand("w", INT8, 3, 5, 3), List.of(bias(900, -2000, 31)));
    graph.microsoft("QGemm", "y", inputs);
    OnnxModel model = graph.build("y");

    check(model, 0);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear Gemm");
  }

  static Stream<Arguments> unary() {
    return Stream.of(
        Arguments.of("QLinearSigmoid", List.of()),
        Arguments.of("QLinearLeakyRelu", List.of(real("alpha", 0.3f))),
        Arguments.of("QLinearGlobalAveragePool", List.of(integer("channels_last", 0))),
        Arguments.of(
            "QLinearAveragePool",
            List.of(
                integers("kernel_shape", 3, 3),
                integers("pads", 1, 1, 1, 1),
                integer("count_include_pad", 1))),
        Arguments.of("QLinearSoftmax", List.of(integer("axis", 1), integer("opset", 17))));
  }

  @ParameterizedTest
  @MethodSource("unary")
  void run_unaryOperator_becomesItsFloatForm(String opType, List<AttributeProto> attributes) {
    List<String> parameters = graph.parameters("y", 0.01f, UINT8, 100);
    graph.microsoft(
        opType, "y", join(image(), parameters), attributes.toArray(AttributeProto[]::new));
    OnnxModel model = endingInCodes(UINT8);

    check(model, 1);

    assertThat(Repairs.node(model, "y").opType()).isEqualTo(opType.substring("QLinear".length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"QLinearAdd", "QLinearMul"})
  void run_binaryOperatorWithConstant_becomesItsFloatForm(String opType) {
    graph.microsoft(opType, "y", join(image(), channelCodes(), result(UINT8, 128)));

    check(endingInCodes(UINT8), 1);
  }

  /** Not run: the schema allows it, but ONNX Runtime 1.29 aborts on such a model. */
  @Test
  void run_resultWithoutZeroPoint_takesTypeOfTheOperand() {
    graph.input("x", 2, 6);
    graph.quantize("xq", "x", SCALE, INT8, 0);
    graph.parameters("y", 0.01f, INT8, 0);
    graph.microsoft("QLinearSigmoid", "y", List.of("xq", "xq.scale", "xq.zp", "y.scale"));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new DecomposeIntegerOperators(), model);

    Node quantize = model.graph().value("y").orElseThrow().producer().orElseThrow();
    assertThat(quantize.requiredInput(2).constantElementType()).contains(INT8);
  }

  @Test
  void run_qlinearConcatAndWhere_becomeFloatForms() {
    List<String> image = image();
    List<String> constant =
        join(List.of(graph.codes("c", UINT8, 2, 1, 6, 6)), graph.parameters("c", 0.02f, UINT8, 60));
    List<String> joined = graph.parameters("joined", 0.04f, UINT8, 128);
    graph.microsoft("QLinearConcat", "joined", join(joined, image, constant), integer("axis", 1));
    graph
        .builder()
        .constant(
            "condition",
            Tensor.ofBytes(
                ElementType.BOOL,
                Shape.of(6),
                (byte) 1,
                (byte) 0,
                (byte) 1,
                (byte) 1,
                (byte) 0,
                (byte) 0));
    List<String> other =
        join(List.of(graph.codes("d", UINT8, 5, 6, 6)), graph.parameters("d", 0.07f, UINT8, 3));
    graph.microsoft(
        "QLinearWhere",
        "y",
        join(List.of("condition", "joined"), joined, other, result(UINT8, 128)));

    check(endingInCodes(UINT8), 1);
  }

  @Test
  void run_foreignQuantizers_becomeThoseOfOnnx() {
    graph.input("x", 2, 4);
    graph.parameters("y", 0.1f, UINT8, 40);
    graph.microsoft("QuantizeLinear", "y", List.of("x", "y.scale", "y.zp"));
    graph.microsoft("DequantizeLinear", "real", List.of("y", "y.scale", "y.zp"));
    OnnxModel model = graph.build("real");

    check(model, 0);

    assertThat(model.graph().nodes())
        .allMatch(node -> node.is("QuantizeLinear", "DequantizeLinear"));
  }

  @Test
  void run_chainOnCodes_keepsEveryCode() {
    image();
    ModelBuilder builder = graph.builder();
    builder.maxPool("pool", "xq");
    builder.longs("pads", 0, 0, 1, 0, 0, 0, 0, 1);
    builder.constant("padding", Tensor.ofBytes(UINT8, Shape.of(), (byte) 17));
    builder.add("Pad", "pad", List.of("pool", "pads", "padding"));
    builder.add("Transpose", "turned", List.of("pad"), integers("perm", 0, 2, 3, 1));
    builder.constant("low", Tensor.ofBytes(UINT8, Shape.of(), (byte) 60));
    builder.add("Clip", "clipped", List.of("turned", "low"));
    graph.codes("c", UINT8, 2, 4, 4, 1);
    builder.add("Concat", "joined", List.of("clipped", "c"), integer("axis", 3));
    builder.longs("shape", 2, -1);
    builder.add("Reshape", "flat", List.of("joined", "shape"));
    builder.add("Split", "part", List.of("flat"), integer("axis", 1));
    builder.outputs("rest");
    builder.add("ArgMax", "largest", List.of("part"), integer("axis", 1));
    builder.output("part", UINT8).output("rest", UINT8).output("largest", ElementType.INT64);
    OnnxModel model = builder.build();

    List<Finding> findings = check(model, 0);

    assertThat(findings).hasSize(8);
    assertThat(model.graph().nodes())
        .filteredOn(node -> !node.is("DequantizeLinear"))
        .noneMatch(node -> node.inputs().stream().anyMatch(DecomposeIntegerOperatorsTest::isCodes));
  }

  private static boolean isCodes(Value value) {
    return value.producer().filter(node -> node.is("QuantizeLinear")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "cubic"})
  void run_interpolationOfCodes_readsFloats(String mode) {
    graph.input("x", 1, 1, 4, 4);
    graph.quantize("xq", "x", SCALE, UINT8, 20);
    graph.builder().constant("scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
    graph.builder().add("Resize", "y", List.of("xq", "", "scales"), text("mode", mode));
    graph.dequantize("real", "y", SCALE, UINT8, 20);
    OnnxModel model = graph.build("real");

    Repairs.runTwice(new DecomposeIntegerOperators(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear Resize QuantizeLinear DequantizeLinear");
  }

  @Test
  void run_reluAndZeroPadOnSignedCodes_compareWithTheNumberOfCodeZero() {
    graph.input("x", 2, 6);
    graph.quantize("xq", "x", SCALE, INT8, -20);
    graph.builder().relu("relu", "xq");
    graph.builder().longs("pads", 0, 1, 0, 0);
    graph.builder().add("Pad", "y", List.of("relu", "pads"));
    graph.builder().output("y", INT8);
    OnnxModel model = graph.builder().build();

    check(model, 0);

    Node clip = Repairs.node(model, "relu");
    assertThat(clip.opType()).isEqualTo("Clip");
    assertThat(clip.requiredInput(1).constant().orElseThrow().floats().get(0))
        .isEqualTo(20 * SCALE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 128})
  void floatForm_resultThatBeginsAtZero_keepsBothEnds(int zeroPoint) {
    graph.microsoft("QLinearAdd", "y", join(image(), channelCodes(), result(UINT8, zeroPoint)));
    graph.builder().add("DequantizeLinear", "real", List.of("y", "y.scale", "y.zp"));
    graph.builder().add("Neg", "end", List.of("real"));
    OnnxModel model = graph.build("end");

    OnnxModel floats = QdqRepair.floatForm(model).model();

    assertThat(Repairs.operators(floats)).isEqualTo(zeroPoint == 0 ? "Add Clip Neg" : "Add Neg");
    check(model, 1);
  }

  private List<String> channelCodes() {
    return join(List.of(graph.codes("c", UINT8, 4, 1, 1)), graph.parameters("c", 0.02f, UINT8, 60));
  }

  @Test
  void run_readersOfSameCodes_shareOneDequantizeLinear() {
    List<String> image = image();
    List<String> other = graph.parameters("other", 0.1f, UINT8, 7);
    graph.microsoft("QLinearSigmoid", "other", join(image, other));
    graph.microsoft("QLinearAdd", "y", join(image, image, result(UINT8, 128)));
    graph.builder().output("other", UINT8);
    OnnxModel model = endingInCodes(UINT8);

    check(model, 1);

    assertThat(model.graph().value("xq").orElseThrow().uses()).hasSize(1);
    assertThat(model.graph().value("xq_dequantized").orElseThrow().uses()).hasSize(3);
  }

  @Test
  void run_declaredCodes_declaresTypesOfNewTensors() {
    graph.microsoft("QLinearSigmoid", "y", join(image(), result(UINT8, 0)));
    graph.builder().graph().addValueInfo(ModelBuilder.value("y", 2, 2, 4, 6, 6));
    graph.builder().add("DequantizeLinear", "real", List.of("y", "y.scale", "y.zp"));
    OnnxModel model = graph.build("real");

    Repairs.runTwice(new DecomposeIntegerOperators(), model);

    assertThat(model.graph().value("y_float").orElseThrow().type())
        .hasToString("float[2, 4, 6, 6]");
    assertThat(model.graph().value("y").orElseThrow().type()).hasToString("uint8[2, 4, 6, 6]");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void run_convIntegerOfConstantScale_becomesConv(boolean isFolded) {
    image();
    graph.operand("w", UINT8, 1, 3, 4, 3, 3);
    ModelBuilder builder = graph.builder();
    builder.add("ConvInteger", "sum", List.of("xq", "w", "xq.zp", "w.zp"));
    builder.add("Cast", "cast", List.of("sum"), integer("to", 1));
    String factor =
        isFolded
            ? builder.constant("factor", Tensor.ofFloats(Shape.of(), SCALE * 0.002f))
            : builder.add("Mul", "factor", List.of("w.scale", "xq.scale"));
    builder.add("Mul", "y", List.of("cast", factor));
    OnnxModel model = graph.build("y");

    check(model, 0);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Conv");
  }

  @Test
  void run_floatPairs_changesNothing() {
    graph.input("x", 1, 4, 6, 6);
    graph.int8Conv("conv", graph.pair("xp", "x", SCALE), 4, 8, 3);
    OnnxModel model = graph.build("conv");
    byte[] before = model.toByteArray();

    assertThat(Repairs.runTwice(new DecomposeIntegerOperators(), model)).isEmpty();
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  static Stream<Arguments> hopeless() {
    return Stream.of(
        Arguments.of("QAttention", List.of("xq"), "no float operator stands for it"),
        Arguments.of(
            "QLinearGlobalAveragePool",
            List.of("xq", "xq.scale", "xq.zp", "y.scale", "y.zp"),
            "channels come last"),
        Arguments.of(
            "QLinearSigmoid",
            List.of("xq", "x", "xq.zp", "y.scale", "y.zp"),
            "input 1 is not a constant"),
        Arguments.of(
            "QLinearSigmoid",
            List.of("xq", "rows", "rows.zp", "y.scale", "y.zp"),
            "do not stand along"),
        Arguments.of(
            "QLinearSigmoid",
            List.of("xq", "xq.scale", "xq.zp", "rows", "y.zp"),
            "not constants of one element"));
  }

  @ParameterizedTest
  @MethodSource("hopeless")
  void run_whatHasNoFloatForm_isRefusedAndStays(String opType, List<String> inputs, String reason) {
    image();
    result(UINT8, 0);
    graph.builder().constant("rows", Tensor.ofFloats(Shape.of(2), 1, 2));
    graph.builder().constant("rows.zp", Tensor.ofBytes(UINT8, Shape.of(2), (byte) 1, (byte) 2));
    graph.microsoft(opType, "y", inputs, integer("channels_last", opType.contains("Pool") ? 1 : 0));
    OnnxModel model = graph.build("y");

    List<Finding> findings = Repairs.runTwice(new DecomposeIntegerOperators(), model);

    assertThat(findings).hasSize(1).allMatch(Finding::isRefused);
    assertThat(findings.get(0).remedy().text()).contains(reason);
    assertThat(Repairs.node(model, "y").opType()).isEqualTo(opType);
  }

  @Test
  void run_arithmeticOnCodes_isRefused() {
    graph.input("x", 2, 4);
    graph.quantize("q", "x", SCALE, UINT8, 9);
    graph.quantize("r", "x", 2 * SCALE, UINT8, 9);
    graph.builder().add("Concat", "y", List.of("q", "r"), integer("axis", 1));
    graph.builder().sum("z", "q", "q");
    OnnxModel model = graph.build("y", "z");

    List<Finding> findings = Repairs.runTwice(new DecomposeIntegerOperators(), model);

    List<String> reasons = new ArrayList<>();
    findings.forEach(finding -> reasons.add(finding.remedy().text()));
    assertThat(reasons)
        .containsExactly(
            "its inputs are codes of different scales",
            "what it makes of codes has no counterpart on floats");
  }
}
