/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class InsertQuantizeDequantizeTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void run_oneConvolution_insertsAPairAndAWeight() {
    OnnxModel model = quantized(convolution());

    assertThat(model.graph().nodes())
        .extracting(node -> node.opType() + " " + node.name() + " " + node.inputs())
        .containsExactly(
            "QuantizeLinear x_QuantizeLinear [x, x_scale, zero_point_int8]",
            "DequantizeLinear x_DequantizeLinear [x_quantized, x_scale, zero_point_int8]",
            "DequantizeLinear c.W_DequantizeLinear [c.W_quantized, c.W_scale, zero_point_int8_24]",
            "Conv c [x_dequantized, c.W, c.b]");
  }

  @Test
  void run_activation_hasOneScaleAndAnInt8ZeroOfRankZero() {
    OnnxModel model = quantized(convolution());

    assertThat(constant(model, "x_scale")).hasToString("float[]");
    assertThat(constant(model, "x_scale").floats().get(0)).isEqualTo(1); // 127 / 127
    assertThat(constant(model, "zero_point_int8")).hasToString("int8[]");
    assertThat(constant(model, "zero_point_int8").bytes().get(0)).isZero();
  }

  @Test
  void run_weight_isInt8WithAScalePerOutputChannelAndAnExplicitAxis() {
    OnnxModel model = quantized(convolution());
    Node dequantize = node(model, "c.W_DequantizeLinear");

    assertThat(constant(model, "c.W_quantized")).hasToString("int8[24, 16, 3, 3]");
    assertThat(constant(model, "c.W_scale")).hasToString("float[24]");
    assertThat(constant(model, "zero_point_int8_24")).hasToString("int8[24]");
    assertThat(dequantize.hasAttribute("axis")).isTrue();
    assertThat(dequantize.integer("axis", -1)).isZero();
  }

  @Test
  void run_weightCodes_reach127AndNeverMinus128() {
    Tensor codes = constant(quantized(convolution()), "c.W_quantized");
    byte[] bytes = new byte[codes.bytes().remaining()];
    codes.bytes().get(bytes);

    assertThat(bytes).contains((byte) 127).doesNotContain((byte) -128);
  }

  @Test
  void run_declaredTensor_declaresWhatIsMadeOfIt() {
    OnnxModel model = OnnxModel.of(quantized(convolution()).toByteArray());

    assertThat(type(model, "x_quantized")).isEqualTo("int8[n, 16, 8, 8]");
    assertThat(type(model, "x_dequantized")).isEqualTo("float[n, 16, 8, 8]");
    assertThat(type(model, "c.W")).isEqualTo("float[24, 16, 3, 3]");
  }

  @Test
  void run_tensorOfUnknownShape_declaresNothing() {
    builder.output(builder.conv("d", builder.relu("r", conv()), 24, 16, 3));
    OnnxModel model = OnnxModel.of(quantized(builder.build()).toByteArray());

    assertThat(type(model, "r_quantized")).isEqualTo("?[...]");
  }

  @Test
  void run_biasAsInt32_declaresIt() {
    OnnxModel model = convolution();
    QuantizationPlan plan = Plans.planner().plan(model);
    InsertQuantizeDequantize.of(plan, Calibration.uniform(plan), Target.ONNXRUNTIME).run(model);

    assertThat(type(OnnxModel.of(model.toByteArray()), "c.b")).isEqualTo("float[24]");
  }

  private static String type(OnnxModel model, String tensor) {
    return model.graph().value(tensor).orElseThrow().type().toString();
  }

  @Test
  void run_tensorWithThreeReaders_sharesOnePair() {
    String x = builder.input("x", "n", 16, 8, 8);
    for (String name : List.of("a", "b", "c")) {
      builder.output(builder.conv(name, x, 16, 16, 3));
    }
    OnnxModel model = quantized(builder.build());

    assertThat(count(model, "QuantizeLinear")).isOne();
    assertThat(count(model, "DequantizeLinear")).isEqualTo(4);
    assertThat(model.graph().value("x_dequantized").orElseThrow().uses()).hasSize(3);
  }

  @Test
  void run_sharedWeightOnOneAxis_hasOneDequantize() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.weight("W", 16, 16, 3, 3);
    builder.output(builder.convOf("a", x, "W")).output(builder.convOf("b", x, "W"));
    OnnxModel model = quantized(builder.build());

    assertThat(count(model, "DequantizeLinear")).isEqualTo(2);
    assertThat(model.graph().value("W").orElseThrow().uses()).hasSize(2);
  }

  @Test
  void run_sharedWeightOnTwoAxes_hasTwoDequantizesAndRuns() {
    String x = builder.input("x", "n", 32);
    builder.weight("W", 32, 32);
    builder.add("Gemm", "a", List.of(x, "W"), ModelBuilder.integer("transB", 1));
    builder.add("Gemm", "b", List.of(x, "W"));
    OnnxModel model = quantized(builder.output("a").output("b").build());

    assertThat(node(model, "a").requiredInput(1).name()).isEqualTo("W_dequantized");
    assertThat(node(model, "b").requiredInput(1).name()).isEqualTo("W");
    assertThat(node(model, "b").requiredInput(1).producer().orElseThrow().integer("axis", -1))
        .isOne();
    assertThat(OnnxRuntimeOracle.run(model, ModelBuilder.random(1, 100, 2, 32))).hasSize(64);
  }

  @Test
  void run_weightReadAsFloatToo_staysBesideItsCodes() {
    String x = builder.input("x", "n", 32);
    builder.weight("W", 32, 32);
    builder.add("MatMul", "m", List.of(x, "W"));
    builder.add("Sin", "s", List.of("W"));
    OnnxModel model = quantized(builder.output("m").output("s").build());

    assertThat(node(model, "s").requiredInput(0).isConstant()).isTrue();
    assertThat(node(model, "m").requiredInput(1).name()).isEqualTo("W_dequantized");
  }

  @Test
  void run_weightListedAsInput_leavesTheListOfInputs() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.weight(builder.input("W", 16, 16, 3, 3), 16, 16, 3, 3);
    OnnxModel model = quantized(builder.output(builder.convOf("c", x, "W")).build());

    assertThat(OnnxModel.of(model.toByteArray()).graph().inputs())
        .extracting(Value::name)
        .containsExactly("x");
  }

  @Test
  void run_batchOfMatrices_hasOneWeightScaleAndNoAxis() {
    String x = builder.input("x", 2, 4, 32);
    builder.weight("B", 2, 32, 16);
    OnnxModel model =
        quantized(builder.output(builder.add("MatMul", "m", List.of(x, "B"))).build());
    Node dequantize = node(model, "B_DequantizeLinear");

    assertThat(dequantize.hasAttribute("axis")).isFalse();
    assertThat(constant(model, "B_scale")).hasToString("float[]");
  }

  @Test
  void run_maxPoolBetweenPairs_writesOneScaleOnBothSides() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.output(builder.conv("c", x, 16, 16, 3));
    OnnxModel model = builder.output(builder.conv("d", builder.maxPool("p", x), 16, 16, 3)).build();
    QuantizationPlan plan = Plans.planner().plan(model);
    CalibrationTable table =
        CalibrationTable.builder().put("x", new TensorStatistics(-1, 2, 10, 0)).build();

    InsertQuantizeDequantize.of(plan, table, Target.TENSORRT).run(model);

    assertThat(constant(model, "p_scale").floats().get(0))
        .isEqualTo(constant(model, "x_scale").floats().get(0))
        .isEqualTo(2 / 127f);
  }

  @Test
  void run_tensorThatWasAlwaysZero_hasScaleOne() {
    OnnxModel model = convolution();
    QuantizationPlan plan = Plans.planner().plan(model);

    InsertQuantizeDequantize.of(plan, Calibration.symmetric(plan, 0), Target.TENSORRT).run(model);

    assertThat(constant(model, "x_scale").floats().get(0)).isOne();
  }

  @Test
  void run_tableWithAChosenRange_takesItAndNotTheSeenOne() {
    OnnxModel model = convolution();
    QuantizationPlan plan = Plans.planner().plan(model);
    TensorCalibration clipped =
        TensorCalibration.of(new TensorStatistics(-254, 254, 9, 0))
            .withRange(new ValueRange(-127, 127));
    CalibrationTable table = CalibrationTable.builder().put("x", clipped).build();

    InsertQuantizeDequantize.of(plan, table, Target.TENSORRT).run(model);

    assertThat(constant(model, "x_scale").floats().get(0)).isOne();
  }

  @Test
  void run_tableWithoutATensor_saysWhichAndChangesNothing() {
    OnnxModel model = convolution();
    QuantizationPlan plan = Plans.planner().plan(model);
    byte[] before = model.toByteArray();
    CalibrationTable empty = CalibrationTable.builder().build();

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> InsertQuantizeDequantize.of(plan, empty, Target.TENSORRT).run(model))
        .withMessage(
            "the calibration table has no range of tensor \"x\" among its 0;"
                + " calibrate with this plan's observation points");
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_planOfAnotherModel_saysWhatIsMissingAndChangesNothing() {
    QuantizationPlan plan = Plans.planner().plan(convolution());
    ModelBuilder other = ModelBuilder.create();
    OnnxModel model = other.output(other.relu("y", other.input("x", 3))).build();
    byte[] before = model.toByteArray();

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> insertion(plan).run(model))
        .withMessage("the plan names input c[0], which the model lacks");
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_weightThatIsNotFinite_namesItAndChangesNothing() {
    float[] values = new float[32 * 32];
    values[5] = Float.NaN;
    String x = builder.input("x", "n", 32);
    builder.constant("B", Tensor.ofFloats(Shape.of(32, 32), values));
    OnnxModel model = builder.output(builder.add("MatMul", "m", List.of(x, "B"))).build();
    QuantizationPlan plan = Plans.planner().plan(model);
    byte[] before = model.toByteArray();

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> insertion(plan).run(model))
        .withMessageStartingWith("weight \"B\" cannot be quantized: ");
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_namesTakenInTheModel_findsOthers() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.output(builder.relu("x_QuantizeLinear", x));
    builder.weight("x_scale", 1);
    builder.output(builder.sum("x_quantized", x, "x_scale"));
    OnnxModel model = quantized(builder.output(builder.conv("c", x, 16, 16, 3)).build());

    Node quantize = node(model, "x_QuantizeLinear_1");
    assertThat(quantize.output().name()).isEqualTo("x_quantized_1");
    assertThat(quantize.requiredInput(1).name()).isEqualTo("x_scale_1");
  }

  @Test
  void run_nodesOfOneName_asksForNormalization() {
    String x = builder.input("x", "n", 16, 8, 8);
    builder.output(builder.relu("r", builder.conv("c", x, 16, 16, 3)));
    builder.graph().getNodeBuilder(0).setName("same");
    builder.graph().getNodeBuilder(1).setName("same");
    OnnxModel model = builder.build();
    QuantizationPlan plan = Plans.planner().plan(model);

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> insertion(plan).run(model))
        .withMessage("two nodes are named \"same\"; run the normalization passes first");
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel model = convolution();
    QuantizationPlan plan = Plans.planner().plan(model);
    InsertQuantizeDequantize pass = insertion(plan);
    pass.run(model);
    byte[] once = model.toByteArray();

    assertThat(pass.run(model)).isFalse();
    assertThat(model.toByteArray()).isEqualTo(once);
  }

  @Test
  void run_planWithoutPairs_changesNothing() {
    OnnxModel model = builder.output(builder.relu("y", builder.input("x", 3))).build();
    byte[] before = model.toByteArray();

    assertThat(insertion(Plans.planner().plan(model)).run(model)).isFalse();
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_twoCopiesOfAModel_giveTheSameBytes() {
    OnnxModel model = convolution();

    assertThat(quantized(model.copy()).toByteArray()).isEqualTo(quantized(model).toByteArray());
  }

  @Test
  void run_model_keepsInputsAndOutputsAndNotesItsOrigin() {
    OnnxModel model = quantized(convolution());
    OnnxModel back = OnnxModel.of(model.toByteArray());

    assertThat(back.graph().inputs()).extracting(Value::name).containsExactly("x");
    assertThat(back.graph().inputs().get(0).type()).hasToString("float[n, 16, 8, 8]");
    assertThat(back.graph().outputs()).extracting(Value::name).containsExactly("c");
    assertThat(back.metadata())
        .contains(entry("quant.tool", "Quant4J"), entry("quant.mode", "W"))
        .containsOnlyKeys(
            "quant.tool",
            "quant.mode",
            "quant.rules",
            "quant.calibration",
            "quant.target",
            "quant.bias");
  }

  @Test
  void run_oldFormatVersion_isRaisedToThatOfOpset13() {
    OnnxModel model = builder.irVersion(4).output(conv()).build();

    assertThat(quantized(model).irVersion()).isEqualTo(7);
  }

  @Test
  void run_tensorABodyReads_leavesTheFloatTensorToTheBody() {
    String c = builder.relu("r", conv());
    builder.output(Bodies.choice(builder, "if", c));
    OnnxModel model = builder.output(builder.conv("d", c, 24, 16, 3)).build();
    Tensor input = ModelBuilder.random(1, 1, 1, 16, 8, 8);

    OnnxModel int8 = Calibration.quantized(model, input, Target.TENSORRT);

    assertThat(int8.graph().value("r").orElseThrow().isCaptured()).isTrue();
    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, input), OnnxRuntimeOracle.run(int8, input)))
        .isGreaterThan(25);
  }

  private String conv() {
    return builder.conv("c", builder.input("x", "n", 16, 8, 8), 16, 24, 3);
  }

  private OnnxModel convolution() {
    return builder.output(conv()).build();
  }

  private static OnnxModel quantized(OnnxModel model) {
    insertion(Plans.planner().plan(model)).run(model);
    return model;
  }

  private static InsertQuantizeDequantize insertion(QuantizationPlan plan) {
    return InsertQuantizeDequantize.of(plan, Calibration.uniform(plan), Target.TENSORRT);
  }

  private static long count(OnnxModel model, String opType) {
    return model.graph().nodes().stream().filter(node -> node.is(opType)).count();
  }

  private static Node node(OnnxModel model, String name) {
    return model.graph().nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Tensor constant(OnnxModel model, String name) {
    return model.graph().value(name).flatMap(Value::constant).orElseThrow();
  }
}
