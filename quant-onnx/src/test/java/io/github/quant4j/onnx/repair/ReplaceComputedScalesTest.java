/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static io.github.quant4j.onnx.ModelBuilder.integer;
import static io.github.quant4j.onnx.ModelBuilder.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplaceComputedScalesTest {
  private static final long SEED = 27;

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();

  /** Adds a DynamicQuantizeLinear of outputs {@code <input>q}, {@code .scale} and {@code .zp}. */
  private void quantizeDynamically(String input) {
    builder.add("DynamicQuantizeLinear", input + "q", List.of(input));
    builder.outputs(input + "q.scale", input + "q.zp");
  }

  private void scaled(String opType, String output, String left, String right) {
    builder.add(opType, output + ".sum", List.of(left, right, left + ".zp", right + ".zp"));
    builder.add("Cast", output + ".cast", List.of(output + ".sum"), integer("to", 1));
    builder.add("Mul", output + ".scales", List.of(left + ".scale", right + ".scale"));
    builder.add("Mul", output, List.of(output + ".cast", output + ".scales"));
  }

  /** Writes what quantize_dynamic of ONNX Runtime writes for a Conv with bias. */
  private OnnxModel convolution() {
    graph.input("x", 1, 4, 6, 6);
    quantizeDynamically("x");
    graph.operand("w", UINT8, 1, 3, 4, 3, 3);
    builder.add(
        "ConvInteger", "conv", List.of("xq", "w", "xq.zp", "w.zp"), integers("pads", 1, 1, 1, 1));
    builder.add("Cast", "cast", List.of("conv"), integer("to", 1));
    builder.add("Mul", "scales", List.of("xq.scale", "w.scale"));
    builder.add("Mul", "scaled", List.of("cast", "scales"));
    builder.constant("bias", Tensor.ofFloats(Shape.of(1, 3, 1, 1), 0.5f, -1, 2));
    builder.sum("y", "scaled", "bias");
    return graph.build("y");
  }

  private OnnxModel product(int scales) {
    graph.input("x", 7, 5);
    quantizeDynamically("x");
    graph.operand("w", UINT8, scales, 5, 3);
    scaled("MatMulInteger", "y", "xq", "w");
    return graph.build("y");
  }

  private OnnxModel fused(String opType) {
    graph.input("x", 7, 5);
    graph.operand("w", UINT8, 3, 5, 3);
    builder.constant("bias", Tensor.ofFloats(Shape.of(3), 0.5f, -1, 2));
    if (opType.equals("DynamicQuantizeMatMul")) {
      graph.microsoft(opType, "y", List.of("x", "w", "w.scale", "w.zp", "bias"));
    } else {
      quantizeDynamically("x");
      graph.microsoft(
          opType, "y", List.of("xq", "w", "xq.scale", "w.scale", "xq.zp", "w.zp", "bias"));
    }
    return graph.build("y");
  }

  /**
   * Runs the pass with the range of x and compares with the model as it was. Both round x to less
   * than 255 steps in [-4, 4], at most half a step of 8 / 254 each, so that sums differ by no more
   * than a step times the sum of the magnitudes of the weights.
   */
  private static List<Finding> check(OnnxModel model, double weightSum, long... shape) {
    OnnxModel source = model.copy();
    List<Finding> findings =
        Repairs.runTwice(new ReplaceComputedScales(), model, Numbers.observed("x", -3.5f, 4));
    Tensor x = ModelBuilder.random(SEED, 4, shape);
    compare(
        OnnxRuntimeOracle.run(source, x), OnnxRuntimeOracle.run(model, x), 8 / 254.0 * weightSum);
    OnnxModel floats = QdqRepair.floatForm(source).model();
    assertThat(Repairs.operators(floats)).doesNotContain("Quantize", "Integer");
    compare(
        OnnxRuntimeOracle.run(source, x), OnnxRuntimeOracle.run(floats, x), 4 / 254.0 * weightSum);
    return findings;
  }

  private static void compare(float[] before, float[] after, double tolerance) {
    assertThat(after).hasSameSizeAs(before);
    double largest = 0;
    for (int i = 0; i < before.length; i++) {
      assertThat((double) after[i])
          .as("seed %s, element %s", SEED, i)
          .isCloseTo(before[i], offset(tolerance));
      largest = Math.max(largest, Math.abs(before[i]));
    }
    assertThat(largest).as("largest element beside the tolerance").isGreaterThan(3 * tolerance);
  }

  /** Returns the sum of magnitudes of weights of one output, whose codes are 64 on average. */
  private static double weightSum(int count, double scale) {
    return count * scale * 64;
  }

  @Test
  void run_dynamicConv_becomesConvOnPair() {
    OnnxModel model = convolution();

    List<Finding> findings = check(model, weightSum(36, 0.002), 1, 4, 6, 6);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Conv Add");
    Node quantize = Repairs.node(model, "x_QuantizeLinear");
    // float: 4 / 127
    assertThat(quantize.requiredInput(1).constant().orElseThrow().floats().get(0))
        .isEqualTo(4 / 127f);
    assertThat(quantize.requiredInput(2).constantElementType()).contains(INT8);
    assertThat(Repairs.node(model, "conv").integers("pads")).contains(List.of(1L, 1L, 1L, 1L));
    assertThat(Repairs.node(model, "conv").output().name()).isEqualTo("scaled");
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).remedy().text()).contains("0.031496063, zero point int8 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void run_dynamicMatMul_becomesMatMulOnPair(int scales) {
    OnnxModel model = product(scales);

    check(model, weightSum(5, 0.002 + 0.001 * (scales - 1)), 7, 5);

    Node weight = Repairs.node(model, "y.sum").requiredInput(1).producer().orElseThrow();
    assertThat(weight.integer("axis", -9)).isEqualTo(scales == 1 ? -9 : 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DynamicQuantizeMatMul", "MatMulIntegerToFloat"})
  void run_fusedDynamicMatMul_becomesMatMulAndAdd(String opType) {
    OnnxModel model = fused(opType);

    check(model, weightSum(5, 0.004), 7, 5);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear MatMul Add");
  }

  /** Tools quantize weights as activations where Constant nodes hold them. */
  @Test
  void run_constantThatIsQuantizedDynamically_isReadAsFloat() {
    graph.input("x", 7, 5);
    builder.weight("w", 5, 3);
    quantizeDynamically("x");
    quantizeDynamically("w");
    scaled("MatMulInteger", "y", "xq", "wq");
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new ReplaceComputedScales(), model, Numbers.observed("x", -4, 4));

    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear MatMul");
    assertThat(Repairs.node(model, "y.sum").requiredInput(1).name()).isEqualTo("w");
  }

  @Test
  void run_productOfTwoActivations_readsTwoPairs() {
    graph.input("x", 7, 5);
    builder.add("Transpose", "t", List.of("x"));
    quantizeDynamically("x");
    quantizeDynamically("t");
    scaled("MatMulInteger", "y", "xq", "tq");
    OnnxModel model = graph.build("y");
    CalibrationTable table =
        CalibrationTable.builder()
            .put("x", TensorCalibration.of(new ValueRange(-4, 4)))
            .put("t", TensorCalibration.of(new ValueRange(-4, 4)))
            .build();

    Repairs.runTwice(
        new ReplaceComputedScales(), model, RepairOptions.defaults().withRanges(table));

    assertThat(Repairs.operators(model))
        .isEqualTo(
            "Transpose QuantizeLinear DequantizeLinear QuantizeLinear DequantizeLinear MatMul");
  }

  @Test
  void run_dequantizedAtOnce_readsThePair() {
    graph.input("x", 7, 5);
    quantizeDynamically("x");
    builder.add("DequantizeLinear", "real", List.of("xq", "xq.scale", "xq.zp"));
    builder.relu("y", "real");
    OnnxModel model = graph.build("y");

    check(model, 1, 7, 5);

    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear Relu");
  }

  @Test
  void run_quantizeLinearOfComputedScale_getsConstants() {
    graph.input("x", 7, 5);
    builder.add("ReduceMax", "largest", List.of("x"), integer("keepdims", 0));
    builder.constant("steps", Tensor.ofFloats(Shape.of(), 127));
    builder.add("Div", "scale", List.of("largest", "steps"));
    builder.constant("zero", Tensor.ofBytes(INT8, Shape.of(), (byte) 0));
    builder.add("QuantizeLinear", "codes", List.of("x", "scale", "zero"));
    builder.add("DequantizeLinear", "real", List.of("codes", "scale", "zero"));
    builder.relu("y", "real");
    OnnxModel model = graph.build("y");

    check(model, 1, 7, 5);

    assertThat(Repairs.node(model, "codes").requiredInput(1).isConstant()).isTrue();
    assertThat(Repairs.node(model, "real").requiredInput(1))
        .isEqualTo(Repairs.node(model, "codes").requiredInput(1));
  }

  @Test
  void run_withoutRanges_refusesAndAsksForData() {
    OnnxModel model = convolution();
    byte[] before = model.toByteArray();

    List<Finding> findings = Repairs.runTwice(new ReplaceComputedScales(), model);

    assertThat(findings).hasSize(1).allMatch(Finding::isRefused);
    assertThat(findings.get(0).toString())
        .startsWith("R27 error")
        .contains("give calibration data");
    assertThat(model.toByteArray()).isEqualTo(before);
    assertThat(Repairs.runTwice(new DecomposeIntegerOperators(), model)).isEmpty();
  }

  @Test
  void run_sumsThatStayIntegers_areRefused() {
    graph.input("x", 7, 5);
    quantizeDynamically("x");
    graph.operand("w", UINT8, 1, 5, 3);
    builder.add("MatMulInteger", "sum", List.of("xq", "w", "xq.zp", "w.zp"));
    builder.add("Cast", "y", List.of("sum"), integer("to", 1));
    OnnxModel model = graph.build("y");

    List<Finding> findings =
        Repairs.runTwice(new ReplaceComputedScales(), model, Numbers.observed("x", -1, 1));

    assertThat(findings).hasSize(1).allMatch(Finding::isRefused);
    assertThat(findings.get(0).remedy().text()).contains("not made floats by a Cast and a Mul");
  }

  @Test
  void run_constantScales_changesNothing() {
    graph.input("x", 1, 4, 6, 6);
    graph.int8Conv("conv", graph.pair("xp", "x", 0.1f), 4, 8, 3);

    assertThat(Repairs.runTwice(new ReplaceComputedScales(), graph.build("conv"))).isEmpty();
  }

  /** Quantizes "x" with a scale that is computed from it. */
  private void quantizeByLargest() {
    graph.input("x", 7, 5);
    builder.add("ReduceMax", "largest", List.of("x"), integer("keepdims", 0));
    builder.constant("zero", Tensor.ofBytes(INT8, Shape.of(), (byte) 0));
    builder.add("QuantizeLinear", "codes", List.of("x", "largest", "zero"));
    builder.output(builder.add("DequantizeLinear", "y", List.of("codes", "largest", "zero")));
  }

  @Test
  void run_quantizeLinearOfComputedScaleWithoutRanges_asksForDataOnce() {
    quantizeByLargest();

    assertThat(Repairs.runTwice(new ReplaceComputedScales(), builder.build()))
        .singleElement()
        .matches(Finding::isRefused)
        .extracting(finding -> finding.remedy().text())
        .asString()
        .startsWith("only data tell the range of \"x\"");
  }

  @Test
  void run_computedScaleOfCodesThatOthersRead_isRefused() {
    quantizeByLargest();
    builder.output(builder.add("Flatten", "flat", List.of("codes")), INT8);
    OnnxModel model = builder.build();

    assertThat(Repairs.runTwice(new ReplaceComputedScales(), model, Numbers.observed("x", -1, 1)))
        .extracting(finding -> finding.remedy().text())
        .containsExactly("other operators than DequantizeLinear read its codes");
  }

  @Test
  void run_computedScaleOfCodesFromElsewhere_isRefused() {
    graph.input("x", 7, 5);
    builder.graph().addInput(ModelBuilder.value("codes", INT8.onnxCode(), 7, 5));
    builder.add("ReduceMax", "largest", List.of("x"), integer("keepdims", 0));
    builder.add("DequantizeLinear", "y", List.of("codes", "largest"));
    OnnxModel model = graph.build("y");

    assertThat(Repairs.runTwice(new ReplaceComputedScales(), model, Numbers.observed("x", -1, 1)))
        .extracting(finding -> finding.remedy().text())
        .containsExactly(
            "its codes stand for other numbers each time; export the model with constant scales");
  }
}
