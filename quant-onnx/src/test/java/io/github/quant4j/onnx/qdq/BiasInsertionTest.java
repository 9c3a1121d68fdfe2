/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class BiasInsertionTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 2, 16, 6, 6);

  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void run_floatForm_isAConstantOfWholeUnits() {
    OnnxModel model = convolution();
    OnnxModel int8 = quantized(model, BiasForm.FLOAT);
    Tensor before = constant(model, "c.b");
    Tensor after = constant(int8, "c.b");
    float inputScale = constant(int8, "x_scale").floats().get(0);

    for (int c = 0; c < 24; c++) {
      double unit = (double) inputScale * constant(int8, "c.W_scale").floats().get(c);
      double steps = after.floats().get(c) / unit;
      assertThat(steps).isCloseTo(Math.rint(steps), Percentage.withPercentage(2e-5)); // float32
      assertThat((double) after.floats().get(c))
          .isCloseTo(before.floats().get(c), Offset.offset(unit * 0.501));
    }
  }

  @Test
  void run_int32Form_isBehindADequantizeLinearOfItsName() {
    OnnxModel int8 = quantized(convolution(), BiasForm.INT32);
    Node dequantize = int8.graph().value("c.b").flatMap(Value::producer).orElseThrow();

    assertThat(dequantize.name()).isEqualTo("c.b_DequantizeLinear");
    assertThat(dequantize.inputs()).hasSize(2);
    assertThat(dequantize.integer("axis", -1)).isZero();
    assertThat(constant(int8, "c.b_quantized")).hasToString("int32[24]");
    assertThat(constant(int8, "c.b_scale")).hasToString("float[24]");
  }

  @Test
  void run_bothForms_standForTheSameNumbers() {
    OnnxModel asFloat = quantized(convolution(), BiasForm.FLOAT);
    OnnxModel asInt32 = quantized(convolution(), BiasForm.INT32);

    new StripQuantizeDequantize().run(asInt32);

    assertThat(constant(asInt32, "c.b").floats()).isEqualTo(constant(asFloat, "c.b").floats());
  }

  @Test
  void run_bothForms_giveTheSameOutputInOnnxRuntime() {
    float[] asFloat = OnnxRuntimeOracle.run(quantized(convolution(), BiasForm.FLOAT), INPUT);
    float[] asInt32 = OnnxRuntimeOracle.run(quantized(convolution(), BiasForm.INT32), INPUT);

    assertThat(asInt32).containsExactly(asFloat, Offset.offset(1e-5f));
  }

  @Test
  void run_biasOfTwoConvolutions_isRoundedForEach() {
    String x = builder.input("x", "n", 16, 6, 6);
    builder.weight("b", 16);
    for (String name : List.of("c", "d")) {
      builder.weight(name + ".W", 16, 16, 1, 1);
      builder.output(builder.add("Conv", name, List.of(x, name + ".W", "b")));
    }
    OnnxModel asFloat = quantized(builder.build(), BiasForm.FLOAT);
    OnnxModel asInt32 = quantized(builder.build(), BiasForm.INT32);

    assertThat(biasNames(asFloat)).containsExactly("b_rounded", "b");
    assertThat(biasNames(asInt32)).containsExactly("b_dequantized", "b");
    assertThat(OnnxRuntimeOracle.run(asInt32, INPUT))
        .containsExactly(OnnxRuntimeOracle.run(asFloat, INPUT), Offset.offset(1e-5f));
  }

  @Test
  void run_transposedConvolution_roundsAllItsBiasesByTheOneWeightScale() {
    OnnxModel model = transposedConvolution();
    OnnxModel asFloat = quantized(model, BiasForm.FLOAT);
    OnnxModel asInt32 = quantized(model, BiasForm.INT32);
    double unit =
        (double) constant(asFloat, "x_scale").floats().get(0)
            * constant(asFloat, "W_scale").floats().get(0);

    for (int c = 0; c < 24; c++) {
      double steps = constant(asFloat, "b").floats().get(c) / unit;
      assertThat(constant(asInt32, "b_quantized").ints().get(c)).isEqualTo((int) Math.rint(steps));
      assertThat((double) constant(asFloat, "b").floats().get(c))
          .isCloseTo(constant(model, "b").floats().get(c), Offset.offset(unit * 0.501));
    }
    assertThat(constant(asInt32, "b_scale").shape()).isEqualTo(Shape.of());
    assertThat(OnnxRuntimeOracle.run(asInt32, INPUT))
        .containsExactly(OnnxRuntimeOracle.run(asFloat, INPUT), Offset.offset(1e-4f));
  }

  private OnnxModel transposedConvolution() {
    String x = builder.input("x", "n", 16, 6, 6);
    builder.weight("W", 16, 24, 2, 2);
    builder.weight("b", 24);
    return builder.output(builder.add("ConvTranspose", "t", List.of(x, "W", "b"))).build();
  }

  @Test
  void run_gemmBiasThatIsNoVector_staysAsItIs() {
    String x = builder.input("x", "n", 16);
    builder.weight("B", 16, 16);
    builder.weight("C", 1, 16);
    OnnxModel model = builder.output(builder.add("Gemm", "g", List.of(x, "B", "C"))).build();
    Tensor before = constant(model, "C");

    OnnxModel int8 = quantized(model, BiasForm.FLOAT);

    assertThat(constant(int8, "C").bytes()).isEqualTo(before.bytes());
  }

  @Test
  void run_channelOfTinyWeights_keepsItsBias() {
    OnnxModel model = deadChannel(1e-20f);
    OnnxModel int8 = Calibration.quantized(model, INPUT, Target.TENSORRT);

    assertThat(constant(int8, "b").floats().get(3)).isEqualTo(0.5f);
    assertThat(constant(int8, "W_scale").floats().get(3)).isPositive();
    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, INPUT), OnnxRuntimeOracle.run(int8, INPUT)))
        .isGreaterThan(30);
  }

  @Test
  void run_channelOfTinyWeightsAsInt32_keepsItsBias() {
    OnnxModel int8 = Calibration.quantized(deadChannel(1e-20f), INPUT, Target.ONNXRUNTIME);

    assertThat(constant(int8, "b_quantized").ints().get(3))
        .isBetween((1 << 30) - 64, (1 << 30) + 64);
  }

  @Test
  void run_channelOfZeros_keepsItsBias() {
    OnnxModel int8 = Calibration.quantized(deadChannel(0), INPUT, Target.TENSORRT);

    assertThat(constant(int8, "b").floats().get(3)).isCloseTo(0.5f, Offset.offset(1e-4f));
  }

  @Test
  void run_biasThatIsNotFinite_namesItsNodeAndChangesNothing() {
    String x = builder.input("x", "n", 16, 6, 6);
    builder.weight("W", 16, 16, 1, 1);
    float[] bias = new float[16];
    bias[2] = Float.POSITIVE_INFINITY;
    builder.constant("b", Tensor.ofFloats(Shape.of(16), bias));
    OnnxModel model = builder.output(builder.add("Conv", "c", List.of(x, "W", "b"))).build();
    byte[] before = model.toByteArray();

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> insert(model, BiasForm.FLOAT))
        .withMessage(
            "the bias of \"c\" cannot be quantized: bias[2] is Infinity, expected a finite number");
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_scalesWhoseProductOverflows_namesTheNode() {
    String x = builder.input("x", "n", 16, 6, 6);
    float[] weight = new float[16 * 16];
    Arrays.fill(weight, 1e30f);
    builder.constant("W", Tensor.ofFloats(Shape.of(16, 16, 1, 1), weight));
    builder.weight("b", 16);
    OnnxModel model = builder.output(builder.add("Conv", "c", List.of(x, "W", "b"))).build();
    QuantizationPlan plan = Plans.planner().plan(model);

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(
            () ->
                InsertQuantizeDequantize.of(
                        plan, Calibration.symmetric(plan, 1e30f), Target.TENSORRT)
                    .run(model))
        .withMessageStartingWith("the bias of \"c\" cannot be quantized: ");
  }

  private OnnxModel convolution() {
    ModelBuilder fresh = ModelBuilder.create();
    return fresh.output(fresh.conv("c", fresh.input("x", "n", 16, 6, 6), 16, 24, 3)).build();
  }

  /** A pointwise convolution whose channel 3 has weights of one tiny size and a bias of 0.5. */
  private OnnxModel deadChannel(float size) {
    Tensor random = ModelBuilder.random(7, 0.3, 16, 16, 1, 1);
    float[] weight = new float[256];
    random.floats().get(weight);
    Arrays.fill(weight, 3 * 16, 4 * 16, size);
    float[] bias = new float[16];
    bias[3] = 0.5f;
    String x = builder.input("x", "n", 16, 6, 6);
    builder.constant("W", Tensor.ofFloats(Shape.of(16, 16, 1, 1), weight));
    builder.constant("b", Tensor.ofFloats(Shape.of(16), bias));
    return builder.output(builder.add("Conv", "c", List.of(x, "W", "b"))).build();
  }

  private static OnnxModel quantized(OnnxModel model, BiasForm form) {
    OnnxModel int8 = model.copy();
    insert(int8, form);
    return int8;
  }

  private static void insert(OnnxModel model, BiasForm form) {
    QuantizationPlan plan = Plans.planner().plan(model);
    InsertQuantizeDequantize.of(plan, Calibration.symmetric(plan, 1), Target.TENSORRT)
        .withBiasForm(form)
        .run(model);
  }

  private static List<String> biasNames(OnnxModel model) {
    return model.graph().nodes().stream()
        .filter(node -> node.is("Conv"))
        .map(node -> node.requiredInput(2).name())
        .toList();
  }

  private static Tensor constant(OnnxModel model, String name) {
    return model.graph().value(name).flatMap(Value::constant).orElseThrow();
  }
}
