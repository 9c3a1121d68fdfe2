/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.opset.LiftOpset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Insertion for a strongly typed network, mode S. */
class StronglyTypedTest {
  private static final Tensor SAMPLE = ModelBuilder.random(9, 1, 2, 16, 8, 8);

  /**
   * Codes that lie near the middle of a step come out otherwise by the rounding of a scale, so the
   * two modes differ about as much as either differs from the float model.
   */
  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void quantize_realModel_isAsCloseToFloatAsModeW(String name) throws IOException {
    OnnxModel model = opset19(OnnxModel.read(Path.of("..", "data", "models", name + ".onnx")));
    Tensor sample = ModelBuilder.random(5, 1, 4, 1, 32, 32);
    OnnxModel weak = Calibration.quantized(model, sample, Target.TENSORRT);
    OnnxModel strong = strong(model, sample);

    float[] expected = OnnxRuntimeOracle.run(model, sample);
    float[] ofWeak = OnnxRuntimeOracle.run(weak, sample);
    float[] ofStrong = OnnxRuntimeOracle.run(strong, sample);
    assertThat(Calibration.signalToNoise(expected, ofStrong))
        .isGreaterThan(Calibration.signalToNoise(expected, ofWeak) - 1.5);
    assertThat(Calibration.signalToNoise(ofWeak, ofStrong)).isGreaterThan(33);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void quantize_realModel_hasOneCastAndNoFloatTensorButInputAndOutput(String name)
      throws IOException {
    OnnxModel model = opset19(OnnxModel.read(Path.of("..", "data", "models", name + ".onnx")));
    OnnxModel strong = strong(model, ModelBuilder.random(5, 1, 1, 1, 32, 32));

    assertThat(casts(strong)).containsExactly("logits_float16 -> logits");
    assertThat(strong.graph().initializers())
        .filteredOn(value -> elementType(value) == ElementType.FLOAT)
        .extracting(Value::name)
        .containsExactly("input_scale");
  }

  @Test
  void quantize_randomGraph_isAsCloseAsModeWAndKeepsCastsAwayFromInt8() {
    for (long seed = 0; seed < 60; seed++) {
      OnnxModel model = opset19(RandomGraph.of(seed));
      OnnxModel strong = strong(model, SAMPLE);

      assertThat(signalToNoise(model, strong)).as("seed %s", seed).isGreaterThan(15);
      for (Node node : strong.graph().nodes()) {
        boolean isBehindInt8 =
            node.inputs().stream()
                .flatMap(input -> input.producer().stream())
                .anyMatch(writer -> writer.is("QuantizeLinear") || writer.is("DequantizeLinear"));
        assertThat(node.is("Cast") && isBehindInt8).as("seed %s, %s", seed, node).isFalse();
      }
    }
  }

  @Test
  void quantize_twice_givesTheSameBytes() {
    OnnxModel model = opset19(RandomGraph.of(7));

    assertThat(strong(model, SAMPLE).toByteArray()).isEqualTo(strong(model, SAMPLE).toByteArray());
  }

  @Test
  void quantize_weights_haveTheCodesOfTheRoundedScales() {
    OnnxModel model = convolution();
    OnnxModel strong = strong(model, SAMPLE);
    FloatBuffer weights = constant(model, "c.W").floats();
    ByteBuffer codes = constant(strong, "c.W_quantized").bytes();
    FloatBuffer scales = Float16.widen(constant(strong, "c.W_scale")).floats();

    int inner = weights.remaining() / scales.remaining();
    for (int i = 0; i < weights.remaining(); i++) {
      double code = Math.rint(weights.get(i) / scales.get(i / inner));
      assertThat(codes.get(i)).as("weight %s", i).isEqualTo((byte) Math.min(127, code));
    }
  }

  @Test
  void quantize_bias_isAMultipleOfTheRoundedScalesInHalf() {
    OnnxModel strong = strong(convolution(), SAMPLE);
    float scaleOfX = constant(strong, "x_scale").floats().get(0);
    FloatBuffer scales = Float16.widen(constant(strong, "c.W_scale")).floats();
    FloatBuffer bias = Float16.widen(constant(strong, "c.b")).floats();
    FloatBuffer exact = constant(convolution(), "c.b").floats();

    assertThat(Float16.round(scaleOfX)).isEqualTo(scaleOfX);
    for (int i = 0; i < bias.remaining(); i++) {
      double step = (double) scaleOfX * scales.get(i);
      double rounded = Math.rint(exact.get(i) / step) * step;
      assertThat(bias.get(i)).as("channel %s", i).isEqualTo(Float16.round((float) rounded));
    }
  }

  @Test
  void quantize_tinyWeights_haveScalesAboveZero() {
    ModelBuilder builder = ModelBuilder.create().opset(19);
    builder.constant("w", ModelBuilder.random(1, 1e-7, 16, 16, 3, 3));
    OnnxModel model =
        builder.output(builder.convOf("c", builder.input("x", "n", 16, 8, 8), "w")).build();
    OnnxModel strong = strong(model, SAMPLE);

    FloatBuffer scales = Float16.widen(constant(strong, "w_scale")).floats();
    while (scales.hasRemaining()) {
      assertThat(scales.get()).isEqualTo(Float16.MIN_VALUE);
    }
  }

  @Test
  void quantize_activationTooLargeForHalf_staysFloatAroundItsPair() {
    OnnxModel model = convolution();
    OnnxModel strong = model.copy();
    QuantizationPlan plan = Plans.planner().plan(strong);
    CalibrationTable table = Calibration.symmetric(plan, 100_000);
    InsertQuantizeDequantize.of(plan, table, Target.TENSORRT)
        .withBuildMode(BuildMode.STRONGLY_TYPED)
        .run(strong);

    assertThat(casts(strong)).isEmpty();
    assertThat(elementType(strong.graph().value("x_scale").orElseThrow()))
        .isEqualTo(ElementType.FLOAT);
    Tensor large = ModelBuilder.random(4, 100_000, 1, 16, 8, 8);
    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, large), OnnxRuntimeOracle.run(strong, large)))
        .isGreaterThan(30);
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel model = convolution();
    QuantizationPlan plan = Plans.planner().plan(model);
    InsertQuantizeDequantize pass =
        InsertQuantizeDequantize.of(plan, Calibration.uniform(plan), Target.TENSORRT)
            .withBuildMode(BuildMode.STRONGLY_TYPED);
    assertThat(pass.run(model)).isTrue();
    byte[] bytes = model.toByteArray();

    assertThat(pass.run(model)).isFalse();
    assertThat(model.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void run_opset17_isRefusedAndChangesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    String conv = builder.conv("c", builder.input("x", "n", 16, 8, 8), 16, 16, 3);
    assertRefused(builder.output(conv).build(), Target.TENSORRT, "the model imports opset 17");
  }

  @Test
  void run_biasesInInt32_areRefusedAndNothingChanges() {
    assertRefused(
        convolution(),
        Target.ONNXRUNTIME,
        "mode S needs biases as floats, found bias form INT32 for target ONNXRUNTIME");
  }

  private static void assertRefused(OnnxModel model, Target target, String message) {
    QuantizationPlan plan = Plans.planner().plan(model);
    InsertQuantizeDequantize pass =
        InsertQuantizeDequantize.of(plan, Calibration.uniform(plan), target)
            .withBuildMode(BuildMode.STRONGLY_TYPED);
    byte[] bytes = model.toByteArray();

    assertThatThrownBy(() -> pass.run(model))
        .isInstanceOf(OnnxException.class)
        .hasMessageStartingWith(message);
    assertThat(model.toByteArray()).isEqualTo(bytes);
  }

  private static OnnxModel convolution() {
    ModelBuilder builder = ModelBuilder.create().opset(19).irVersion(9);
    String conv = builder.conv("c", builder.input("x", "n", 16, 8, 8), 16, 16, 3);
    return builder.output(conv).build();
  }

  private static OnnxModel strong(OnnxModel model, Tensor sample) {
    return Calibration.quantized(model, sample, Target.TENSORRT, BuildMode.STRONGLY_TYPED);
  }

  /** T46: what mode S needs of a model of opset 17 is the lift. */
  private static OnnxModel opset19(OnnxModel model) {
    OnnxModel lifted = model.copy();
    LiftOpset.to(19).run(lifted);
    return lifted;
  }

  private static List<String> casts(OnnxModel model) {
    return model.graph().nodes().stream()
        .filter(node -> node.is("Cast"))
        .map(node -> node.requiredInput(0) + " -> " + node.output())
        .toList();
  }

  private static Tensor constant(OnnxModel model, String name) {
    return model.graph().value(name).flatMap(Value::constant).orElseThrow();
  }

  private static ElementType elementType(Value value) {
    return value.constant().map(Tensor::elementType).orElseThrow();
  }

  /** Returns the smallest ratio over all outputs, in decibels. */
  private static double signalToNoise(OnnxModel expected, OnnxModel actual) {
    Map<String, Tensor> before = OnnxRuntimeOracle.run(expected, Map.of("x", SAMPLE));
    Map<String, Tensor> after = OnnxRuntimeOracle.run(actual, Map.of("x", SAMPLE));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    double smallest = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Tensor> output : before.entrySet()) {
      Tensor other = after.getOrDefault(output.getKey(), Tensor.ofFloats(Shape.of(0)));
      double ratio = Calibration.signalToNoise(floats(output.getValue()), floats(other));
      smallest = Math.min(smallest, ratio);
    }
    return smallest;
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.floats().remaining()];
    tensor.floats().get(values);
    return values;
  }
}
