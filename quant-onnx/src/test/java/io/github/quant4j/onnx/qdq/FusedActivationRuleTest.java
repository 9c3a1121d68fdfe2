/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FusedActivationRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  /** A function of an activation. */
  interface Form {
    String write(Formulas f, String x);
  }

  static Stream<Form> forms() {
    return Stream.of(
        Formulas::silu,
        Formulas::hardSwish,
        (f, x) -> f.mul(x, f.op("HardSigmoid", List.of(x), ModelBuilder.real("alpha", 1f / 6))),
        (f, x) -> f.mul(x, f.op("Tanh", f.op("Softplus", x))),
        (f, x) -> f.op("HardSwish", x));
  }

  private static void assertAllButConvolutions(QuantizationPlan plan, String decision) {
    assertThat(plan.decisions())
        .filteredOn(d -> !d.opType().equals("Conv") && !d.node().equals("stem"))
        .isNotEmpty()
        .allSatisfy(d -> assertThat(Plans.decision(plan, d.node())).isEqualTo(decision));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void plan_functionBehindAConvolution_isFusedAndPairedAtItsReader(Form form) {
    String y = form.write(f, builder.conv("c1", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", y, 16, 16, 3)));

    assertAllButConvolutions(plan, "INT8 P24");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01", y + " -> [c2[0]], P01");
  }

  /** T36: nothing stands behind the last operator. */
  @ParameterizedTest
  @MethodSource("forms")
  void plan_functionAtTheEndOfTheGraph_hasNoPairBehind(Form form) {
    builder.output(form.write(f, builder.conv("c1", x, 16, 16, 3)));
    QuantizationPlan plan = Plans.of(builder);

    assertAllButConvolutions(plan, "INT8 P24");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void plan_functionOfAFloatTensor_isFloat(Form form) {
    String y = form.write(f, f.op("Sin", x));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", y, 16, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly(y + " -> [c2[0]], P01");
    assertThat(Plans.decision(plan, y)).isEqualTo("float P24");
  }

  @Test
  void plan_convolutionReadBesideItsFunction_isNotFused() {
    String c1 = builder.conv("c1", x, 16, 16, 3);
    String y = f.silu(c1);
    builder.output(c1);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", y, 16, 16, 3)));

    assertThat(Plans.decision(plan, y)).isEqualTo("float P24");
  }

  @Test
  void plan_constantsBetweenConvolutionAndFunction_areWalkedThrough() {
    String affine = f.add(f.mul(builder.conv("c1", x, 16, 16, 3), f.number(2)), f.number(1));
    String y = f.hardSwish(affine);

    assertThat(Plans.decision(Plans.of(builder.output(y)), y)).isEqualTo("INT8 P24");
  }

  /** T21: the block of C2f; no pair stands inside a SiLU, nor between it and its Conv. */
  @Test
  void plan_joinOfTwoFunctions_isPairedOutsideThem() {
    String left = f.silu(builder.conv("c1", x, 16, 16, 3));
    String right = f.silu(builder.conv("c2", left, 16, 16, 3));
    String sum = builder.sum("add", left, right);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c3", sum, 16, 16, 3)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P42");
    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [c1[0]], P01",
            left + " -> [c2[0], add[0]], P01",
            right + " -> [add[1]], P42",
            "add -> [c3[0]], P01");
  }

  @Test
  void plan_joinReadThroughAFunction_isInt8() {
    String left = f.silu(builder.conv("c1", x, 16, 16, 3));
    String right = f.hardSwish(builder.conv("c2", x, 16, 16, 3));
    String sum = f.silu(builder.sum("add", left, right));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c3", sum, 16, 16, 3)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("INT8 P42");
  }

  @Test
  void plan_joinReadThroughAGelu_isFloat() {
    String left = f.silu(builder.conv("c1", x, 16, 16, 3));
    String right = f.silu(builder.conv("c2", x, 16, 16, 3));
    String sum = f.gelu(builder.sum("add", left, right));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c3", sum, 16, 16, 3)));

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P42");
  }

  @Test
  void quantize_functionsBetweenConvolutions_staysClose() {
    String y = f.silu(builder.conv("c1", f.hardSwish(builder.conv("c0", x, 16, 16, 3)), 16, 16, 3));
    OnnxModel model = builder.output(builder.conv("c2", y, 16, 16, 3)).build();
    Tensor sample = ModelBuilder.random(5, 1, 2, 16, 8, 8);

    OnnxModel int8 = Calibration.quantized(model, sample, Target.TENSORRT);

    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, sample), OnnxRuntimeOracle.run(int8, sample)))
        .isGreaterThan(25);
  }
}
