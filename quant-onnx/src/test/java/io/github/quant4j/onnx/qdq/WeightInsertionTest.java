/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** T14 and the weights of T34, in both forms. */
class WeightInsertionTest {
  private static final Tensor INPUT = ModelBuilder.random(3, 100, 2, 32, 8);

  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void run_floatWithPairs_keepsTheConstantBehindAPairOfTheSameScales() {
    OnnxModel model = convolution();
    OnnxModel codes = quantized(model, WeightForm.INT8);
    OnnxModel pairs = quantized(model, WeightForm.FLOAT_WITH_PAIRS);

    assertThat(pairs.graph().nodes())
        .extracting(node -> node.opType() + " " + node.name() + " " + node.inputs())
        .containsExactly(
            "QuantizeLinear x_QuantizeLinear [x, x_scale, zero_point_int8]",
            "DequantizeLinear x_DequantizeLinear [x_quantized, x_scale, zero_point_int8]",
            "QuantizeLinear W_QuantizeLinear [W, W_scale, zero_point_int8_48]",
            "DequantizeLinear W_DequantizeLinear [W_quantized, W_scale, zero_point_int8_48]",
            "Conv c [x_dequantized, W_dequantized]");
    assertThat(node(pairs, "W_QuantizeLinear").integer("axis", -1)).isZero();
    assertThat(node(pairs, "W_DequantizeLinear").integer("axis", -1)).isZero();
    assertThat(constant(pairs, "W").floats()).isEqualTo(constant(model, "W").floats());
    assertThat(constant(pairs, "W_scale").floats()).isEqualTo(constant(codes, "W_scale").floats());
  }

  @Test
  void run_bothForms_giveTheSameOutputInOnnxRuntime() {
    OnnxModel model = convolution();

    assertThat(OnnxRuntimeOracle.run(quantized(model, WeightForm.FLOAT_WITH_PAIRS), INPUT))
        .isEqualTo(OnnxRuntimeOracle.run(quantized(model, WeightForm.INT8), INPUT));
  }

  @Test
  void run_floatWithPairs_stripsBackToTheModel() {
    OnnxModel model = convolution();
    OnnxModel pairs = quantized(model, WeightForm.FLOAT_WITH_PAIRS);

    new StripQuantizeDequantize().run(pairs);

    assertThat(FloatGraph.describe(pairs)).isEqualTo(FloatGraph.describe(model));
    assertThat(OnnxRuntimeOracle.run(pairs, INPUT)).isEqualTo(OnnxRuntimeOracle.run(model, INPUT));
  }

  @Test
  void run_weightWithOneScale_hasAPairWithoutAxis() {
    String x = builder.input("x", 2, 4, 32);
    builder.weight("B", 2, 32, 16);
    OnnxModel model =
        quantized(
            builder.output(builder.add("MatMul", "m", List.of(x, "B"))).build(),
            WeightForm.FLOAT_WITH_PAIRS);

    assertThat(constant(model, "B_scale").shape()).isEqualTo(Shape.of());
    assertThat(node(model, "B_QuantizeLinear").hasAttribute("axis")).isFalse();
  }

  @Test
  void run_twoConvolutionsOfOneWeight_shareItsCodes() {
    String x = builder.input("x", 2, 32, 8);
    builder.weight("W", 48, 32, 3);
    OnnxModel model =
        builder.output(builder.convOf("a", x, "W")).output(builder.convOf("b", x, "W")).build();

    for (WeightForm form : WeightForm.values()) {
      OnnxModel int8 = quantized(model, form);

      assertThat(node(int8, "a").requiredInput(1)).isSameAs(node(int8, "b").requiredInput(1));
      assertThat(int8.graph().nodes())
          .filteredOn(node -> node.is("DequantizeLinear"))
          .as("%s", form)
          .hasSize(2);
    }
  }

  @Test
  void run_weightOfTwoLayersWithDifferentScales_isQuantizedForEach() {
    OnnxModel model = tiedWeight();
    for (WeightForm form : WeightForm.values()) {
      OnnxModel int8 = quantized(model, form);
      Node along = node(int8, "c").requiredInput(1).producer().orElseThrow();
      Node whole = node(int8, "m").requiredInput(1).producer().orElseThrow();

      assertThat(along.integer("axis", -1)).as("%s", form).isZero();
      assertThat(along.requiredInput(1).constantShape()).contains(Shape.of(32));
      assertThat(whole.requiredInput(1).constantShape()).contains(Shape.of());
      Map<String, Tensor> expected = OnnxRuntimeOracle.run(model, Map.of("x", INPUT));
      OnnxRuntimeOracle.run(int8, Map.of("x", INPUT))
          .forEach(
              (name, actual) ->
                  assertThat(Calibration.signalToNoise(floats(expected.get(name)), floats(actual)))
                      .as("%s of %s", name, form)
                      .isGreaterThan(25));
    }
  }

  @Test
  void run_weightWithAFloatReaderToo_staysFloatForIt() {
    String x = builder.input("x", 2, 32, 8);
    builder.weight("W", 48, 32, 3);
    builder.output(builder.convOf("c", x, "W")).output(builder.add("Sin", "s", List.of("W")));

    for (WeightForm form : WeightForm.values()) {
      Value read = node(quantized(builder.build(), form), "s").requiredInput(0);

      assertThat(read.isConstant()).as("%s", form).isTrue();
      assertThat(read.constant().orElseThrow().elementType()).isEqualTo(ElementType.FLOAT);
    }
  }

  /**
   * P50: a scale of zero is refused by runtimes, so the channel takes the smallest of the others.
   */
  @Test
  void run_channelOfZeros_takesTheSmallestScaleOfTheOthers() {
    float[] weight = new float[48 * 32 * 3];
    for (int i = 0; i < weight.length; i++) {
      int channel = i / (32 * 3);
      weight[i] = channel == 5 ? 0 : (channel + 2) * (i % 2 == 0 ? 0.01f : -0.005f);
    }
    builder.constant("W", Tensor.ofFloats(Shape.of(48, 32, 3), weight));
    OnnxModel model =
        builder.output(builder.convOf("c", builder.input("x", 2, 32, 8), "W")).build();
    OnnxModel int8 = quantized(model, WeightForm.INT8);

    assertThat(constant(int8, "W_scale").floats().get(5))
        .isEqualTo(constant(int8, "W_scale").floats().get(0))
        .isEqualTo(0.02f / 127);
    assertThat(OnnxRuntimeOracle.run(int8, INPUT)).doesNotContain(Float.NaN);
  }

  @Test
  void run_weightOfZeros_hasScaleOne() {
    builder.constant("W", Tensor.ofFloats(Shape.of(48, 32, 3), new float[48 * 32 * 3]));
    OnnxModel model =
        builder.output(builder.convOf("c", builder.input("x", 2, 32, 8), "W")).build();

    for (WeightForm form : WeightForm.values()) {
      OnnxModel int8 = quantized(model, form);

      assertThat(constant(int8, "W_scale").floats().get(0)).as("%s", form).isEqualTo(1);
      assertThat(OnnxRuntimeOracle.run(int8, INPUT)).containsOnly(0);
    }
  }

  private OnnxModel convolution() {
    builder.weight("W", 48, 32, 3);
    return builder.output(builder.convOf("c", builder.input("x", 2, 32, 8), "W")).build();
  }

  /** Returns a model whose weight is that of a Conv, scales on axis 0, and of a batch MatMul. */
  private OnnxModel tiedWeight() {
    String x = builder.input("x", 2, 32, 8);
    builder.weight("W", 32, 32, 16);
    builder.add("Pad", "long", List.of(x, builder.longs("pads", 0, 0, 8, 0, 0, 8)));
    builder.convOf("c", "long", "W");
    builder.longs("rows", 2, 1, 8, 32);
    String rows = builder.add("Reshape", "rows_of_x", List.of(x, "rows"));
    builder.add("MatMul", "m", List.of(rows, "W"));
    return builder.output("c").output("m").build();
  }

  private static OnnxModel quantized(OnnxModel model, WeightForm form) {
    OnnxModel int8 = model.copy();
    QuantizationPlan plan = Plans.planner().plan(int8);
    InsertQuantizeDequantize.of(plan, Calibration.symmetric(plan, 100), Target.TENSORRT)
        .withWeightForm(form)
        .run(int8);
    return int8;
  }

  private static Node node(OnnxModel model, String name) {
    return model.graph().nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static float[] floats(@Nullable Tensor tensor) {
    FloatBuffer buffer = Objects.requireNonNull(tensor).floats();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  private static Tensor constant(OnnxModel model, String name) {
    return model.graph().value(name).flatMap(Value::constant).orElseThrow();
  }
}
