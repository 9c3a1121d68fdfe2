/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link ExposeChannelMeans}, {@link MatchChannelMeans} and what insertion does with the shifts.
 */
class BiasCorrectionTest {
  private static final Tensor INPUT = positive();

  private final ModelBuilder builder = ModelBuilder.create();

  /** The weights of channel 0 round up, those of channel 1 down: on positive inputs both shift. */
  private OnnxModel shifted(boolean hasBias) {
    String x = builder.input("x", "n", 16, 6, 6);
    float[] weight = new float[16 * 16];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = i % 16 == 0 ? 127 : i < 16 ? 10.6f : 10.4f;
    }
    builder.constant("c.W", Tensor.ofFloats(Shape.of(16, 16, 1, 1), weight));
    builder.weight("c.b", 16);
    List<String> inputs = hasBias ? List.of(x, "c.W", "c.b") : List.of(x, "c.W");
    return builder.output(builder.add("Conv", "c", inputs)).build();
  }

  private static Tensor positive() {
    Tensor random = ModelBuilder.random(1, 1, 2, 16, 6, 6);
    float[] values = new float[2 * 16 * 36];
    random.floats().get(values);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    return Tensor.ofFloats(random.shape(), values);
  }

  private static OnnxModel quantized(
      OnnxModel model, QuantizationPlan plan, Map<String, float[]> shifts, BiasForm form) {
    OnnxModel int8 = model.copy();
    CalibrationTable table = Calibration.observed(model, plan, INPUT);
    InsertQuantizeDequantize.of(plan, table, Target.TENSORRT)
        .withBiasForm(form)
        .withBiasCorrection(shifts)
        .run(int8);
    return int8;
  }

  /** Returns the shifts that one run over the input shows. */
  private static Map<String, float[]> shifts(OnnxModel model, QuantizationPlan plan) {
    OnnxModel exposed = model.copy();
    ExposeChannelMeans means = ExposeChannelMeans.of(plan, model);
    means.run(exposed);
    Map<String, Tensor> fed = new HashMap<>(OnnxRuntimeOracle.run(exposed, Map.of("x", INPUT)));
    fed.keySet().removeIf(name -> !name.startsWith("quant.mean."));
    fed.put("x", INPUT);
    OnnxModel matched = quantized(model, plan, Map.of(), BiasForm.FLOAT);
    MatchChannelMeans.of(plan, model).run(matched);
    Map<String, Tensor> shown = OnnxRuntimeOracle.run(matched, fed);
    Map<String, float[]> shifts = new HashMap<>();
    for (String operator : means.operators()) {
      Tensor shift = tensor(shown, MatchChannelMeans.shiftOf(operator));
      float[] values = new float[shift.floats().remaining()];
      shift.floats().get(values);
      shifts.put(operator, values);
    }
    return shifts;
  }

  private static double ratio(OnnxModel model, OnnxModel int8) {
    return Calibration.signalToNoise(
        OnnxRuntimeOracle.run(model, INPUT), OnnxRuntimeOracle.run(int8, INPUT));
  }

  @Test
  void shiftOf_weightsThatRoundOneWay_isTheMeanErrorOfEachChannel() {
    OnnxModel model = shifted(true);
    QuantizationPlan plan = Plans.planner().plan(model);
    float[] exact = OnnxRuntimeOracle.run(model, INPUT);
    float[] actual = OnnxRuntimeOracle.run(quantized(model, plan, Map.of(), BiasForm.FLOAT), INPUT);

    float[] shift = Objects.requireNonNull(shifts(model, plan).get("c"));

    assertThat(shift[0]).isGreaterThan(1);
    assertThat(shift[1]).isLessThan(-1);
    for (int channel = 0; channel < 16; channel++) {
      double sum = 0;
      for (int i = 0; i < exact.length; i++) {
        sum += i / 36 % 16 == channel ? actual[i] - exact[i] : 0;
      }
      assertThat((double) shift[channel]).isCloseTo(sum / 72, Offset.offset(1e-3));
    }
  }

  @ParameterizedTest
  @EnumSource(BiasForm.class)
  void run_withBiasCorrection_takesTheShiftOffInBothForms(BiasForm form) {
    OnnxModel model = shifted(true);
    QuantizationPlan plan = Plans.planner().plan(model);
    double plain = ratio(model, quantized(model, plan, Map.of(), form));

    OnnxModel corrected = quantized(model, plan, shifts(model, plan), form);

    assertThat(ratio(model, corrected)).isGreaterThan(plain + 6);
  }

  @ParameterizedTest
  @EnumSource(BiasForm.class)
  void run_convolutionWithoutBias_getsOne(BiasForm form) {
    OnnxModel model = shifted(false);
    QuantizationPlan plan = Plans.planner().plan(model);
    double plain = ratio(model, quantized(model, plan, Map.of(), form));

    OnnxModel corrected = quantized(model, plan, shifts(model, plan), form);

    assertThat(ratio(model, corrected)).isGreaterThan(plain + 6);
    Node convolution = node(corrected, "c");
    assertThat(convolution.requiredInput(2).isConstant()).isEqualTo(form == BiasForm.FLOAT);
    assertThat(node(quantized(model, plan, Map.of(), form), "c").input(2)).isEmpty();
  }

  @Test
  void run_convolutionBehindPadWithoutBias_takesTheScaleOfThePair() {
    String x = builder.input("x", "n", 16, 6, 6);
    builder.longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
    builder.weight("c.W", 16, 16, 3, 3);
    String padded = builder.add("Pad", "p", List.of(x, "pads"));
    OnnxModel model = builder.output(builder.convOf("c", padded, "c.W")).build();
    QuantizationPlan plan = Plans.planner().plan(model);
    float[] shift = new float[16];
    shift[3] = 0.5f;

    OnnxModel corrected = quantized(model, plan, Map.of("c", shift), BiasForm.FLOAT);

    float[] bias = floats(node(corrected, "c").requiredInput(2));
    assertThat(bias[3]).isCloseTo(-0.5f, Offset.offset(1e-3f));
    assertThat(bias[2]).isZero();
  }

  @Test
  void run_biasOfTwoConvolutions_isCorrectedForOneOnly() {
    String x = builder.input("x", "n", 16, 6, 6);
    builder.weight("b", 16);
    for (String name : List.of("c", "d")) {
      builder.weight(name + ".W", 16, 16, 1, 1);
      builder.output(builder.add("Conv", name, List.of(x, name + ".W", "b")));
    }
    OnnxModel model = builder.build();
    QuantizationPlan plan = Plans.planner().plan(model);
    float[] before = floats(model.graph().value("b").orElseThrow());
    float[] shift = new float[16];
    shift[5] = 2;

    OnnxModel corrected = quantized(model, plan, Map.of("d", shift), BiasForm.FLOAT);

    assertThat(floats(node(corrected, "c").requiredInput(2))[5])
        .isCloseTo(before[5], Offset.offset(1e-2f));
    assertThat(floats(node(corrected, "d").requiredInput(2))[5])
        .isCloseTo(before[5] - 2, Offset.offset(1e-2f));
  }

  @Test
  void run_modeS_carriesTheCorrection() {
    OnnxModel model = shifted(false);
    model.raiseOpset(19);
    QuantizationPlan plan = Plans.planner().plan(model);
    CalibrationTable table = Calibration.observed(model, plan, INPUT);
    InsertQuantizeDequantize plain =
        InsertQuantizeDequantize.of(plan, table, Target.TENSORRT)
            .withBuildMode(BuildMode.STRONGLY_TYPED);
    OnnxModel without = model.copy();
    plain.run(without);
    OnnxModel with = model.copy();
    plain.withBiasCorrection(shifts(model, plan)).run(with);

    assertThat(ratio(model, with)).isGreaterThan(ratio(model, without) + 6);
  }

  @Test
  void shiftOf_secondOfTwoConvolutions_isMeasuredBehindACorrectedFirst() {
    OnnxModel model = shifted(true);
    QuantizationPlan first = Plans.planner().plan(model);
    builder.weight("d.W", 16, 16, 1, 1);
    OnnxModel both = builder.output(builder.convOf("d", "c", "d.W")).build();
    QuantizationPlan plan = Plans.planner().plan(both);
    Map<String, float[]> shifts = shifts(both, plan);
    float[] firstShift = shifts.get("c");
    assertThat(firstShift).containsExactly(shifts(model, first).get("c"), Offset.offset(1e-3f));

    OnnxModel corrected = quantized(both, plan, shifts, BiasForm.FLOAT);
    Map<String, float[]> left = remaining(both, corrected, plan);

    assertThat(left.get("d")).containsExactly(new float[16], Offset.offset(0.3f));
  }

  /** Returns by how much the means of a corrected model still lie above those of the float one. */
  private static Map<String, float[]> remaining(
      OnnxModel model, OnnxModel int8, QuantizationPlan plan) {
    ExposeChannelMeans pass = ExposeChannelMeans.of(plan, model);
    OnnxModel exact = model.copy();
    pass.run(exact);
    OnnxModel actual = int8.copy();
    pass.run(actual);
    Map<String, Tensor> expected = OnnxRuntimeOracle.run(exact, Map.of("x", INPUT));
    Map<String, Tensor> found = OnnxRuntimeOracle.run(actual, Map.of("x", INPUT));
    Map<String, float[]> remaining = new HashMap<>();
    for (String operator : pass.operators()) {
      String name = ExposeChannelMeans.meanOf(operator);
      float[] difference = new float[16];
      for (int channel = 0; channel < 16; channel++) {
        difference[channel] =
            tensor(found, name).floats().get(channel)
                - tensor(expected, name).floats().get(channel);
      }
      remaining.put(operator, difference);
    }
    return remaining;
  }

  @ParameterizedTest
  @ValueSource(longs = {13, 17, 18, 19})
  void meanOf_convolutionTransposedAndGemm_isTheMeanOverAllButTheChannels(long opset) {
    builder.opset(opset);
    String x = builder.input("x", "n", 16, 6, 6);
    builder.weight("t.W", 16, 24, 2, 2);
    String transposed = builder.add("ConvTranspose", "t", List.of(x, "t.W"));
    String flat = builder.add("Flatten", "f", List.of(builder.conv("c", x, 16, 16, 3)));
    builder.output(builder.gemm("g", flat, 16 * 36, 20)).output(transposed);
    OnnxModel model = builder.build();
    ExposeChannelMeans pass = ExposeChannelMeans.of(Plans.planner().plan(model), model);

    assertThat(pass.run(model)).isTrue();
    assertThat(pass.run(model)).isFalse();

    Map<String, Tensor> run = OnnxRuntimeOracle.run(model, Map.of("x", INPUT));
    assertThat(pass.operators()).containsExactly("t", "c", "g");
    assertThat(tensor(run, "quant.mean.t").shape()).isEqualTo(Shape.of(1, 24, 1, 1));
    assertThat(tensor(run, "quant.mean.c").shape()).isEqualTo(Shape.of(1, 16, 1, 1));
    assertThat(tensor(run, "quant.mean.g").shape()).isEqualTo(Shape.of(1, 20));
    double sum = 0;
    for (int row = 0; row < 2; row++) {
      sum += tensor(run, "g").floats().get(row * 20 + 7);
    }
    assertThat((double) tensor(run, "quant.mean.g").floats().get(7))
        .isCloseTo(sum / 2, Offset.offset(1e-5));
  }

  @Test
  void operators_gemmWithBetaOrMatrixBias_areLeftOut() {
    String x = builder.input("x", "n", 16);
    builder.weight("g.B", 16, 16);
    builder.weight("h.B", 16, 16);
    builder.weight("g.C", 16);
    builder.weight("h.C", 1, 16);
    String g = builder.add("Gemm", "g", List.of(x, "g.B", "g.C"), ModelBuilder.real("beta", 0.5f));
    OnnxModel model = builder.output(builder.add("Gemm", "h", List.of(g, "h.B", "h.C"))).build();

    assertThat(ExposeChannelMeans.of(Plans.planner().plan(model), model).operators()).isEmpty();
  }

  @Test
  void run_matchSecondTime_changesNothing() {
    OnnxModel model = shifted(true);
    QuantizationPlan plan = Plans.planner().plan(model);
    OnnxModel int8 = quantized(model, plan, Map.of(), BiasForm.FLOAT);
    MatchChannelMeans pass = MatchChannelMeans.of(plan, model);

    assertThat(pass.run(int8)).isTrue();
    assertThat(pass.run(int8)).isFalse();
  }

  @Test
  void run_modelWithoutTheNode_namesIt() {
    OnnxModel model = shifted(true);
    QuantizationPlan plan = Plans.planner().plan(model);
    ModelBuilder empty = ModelBuilder.create();
    OnnxModel other = empty.output(empty.relu("r", empty.input("x", "n", 16, 6, 6))).build();

    for (var pass :
        List.of(ExposeChannelMeans.of(plan, model), MatchChannelMeans.of(plan, model))) {
      assertThatExceptionOfType(OnnxException.class)
          .isThrownBy(() -> pass.run(other))
          .withMessage("the model lacks node \"c\" of the plan");
    }
  }

  @Test
  void run_shiftOfAnotherLength_isRefusedBeforeAnyChange() {
    OnnxModel model = shifted(true);
    assertRefused(
        model,
        Map.of("c", new float[15]),
        "the bias of \"c\" cannot be corrected: found 15 values, expected 16");
  }

  @Test
  void run_shiftOfAnUnknownNode_isRefusedBeforeAnyChange() {
    assertRefused(
        shifted(true),
        Map.of("nothing", new float[16]),
        "the bias of \"nothing\" cannot be corrected: expected a quantized Conv, ConvTranspose or"
            + " Gemm, without bias or with one constant element per channel");
  }

  @Test
  void run_shiftThatIsNotFinite_isRefusedBeforeAnyChange() {
    float[] shift = new float[16];
    shift[2] = Float.NEGATIVE_INFINITY;
    assertRefused(
        shifted(false),
        Map.of("c", shift),
        "the bias of \"c\" cannot be quantized: bias[2] is Infinity, expected a finite number");
  }

  private static void assertRefused(OnnxModel model, Map<String, float[]> shifts, String message) {
    QuantizationPlan plan = Plans.planner().plan(model);
    byte[] before = model.toByteArray();
    InsertQuantizeDequantize pass =
        InsertQuantizeDequantize.of(plan, Calibration.uniform(plan), Target.TENSORRT)
            .withBiasCorrection(shifts);

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> pass.run(model))
        .withMessage(message);
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  private static Tensor tensor(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  private static Node node(OnnxModel model, String name) {
    return model.graph().nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static float[] floats(Value value) {
    Tensor tensor = value.constant().orElseThrow();
    float[] values = new float[Math.toIntExact(tensor.shape().elementCount())];
    tensor.floats().get(values);
    return values;
  }
}
