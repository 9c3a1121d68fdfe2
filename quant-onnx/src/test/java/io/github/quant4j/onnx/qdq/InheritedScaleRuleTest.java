/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class InheritedScaleRuleTest {
  private static final Tensor SAMPLE = ModelBuilder.random(3, 1, 4, 16, 8, 8);

  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_convolutionReluMaxPool_hasThePairAfterThePool() {
    String pooled = builder.maxPool("p", builder.relu("r", builder.conv("c1", x, 16, 16, 3)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", pooled, 16, 16, 3)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("INT8 P26");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01", "p -> [c2[0]], P01");
    assertThat(plan.observationPoints()).containsExactly("p", "stem");
  }

  @Test
  void plan_maxPoolOfAPairedTensor_sharesItsScale() {
    String pooled = builder.maxPool("p", x);
    builder.output(builder.conv("c1", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", pooled, 16, 16, 3)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("INT8 P27");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [p[0], c1[0]], P27", "p -> [c2[0]], P01");
    assertThat(plan.activationPairs().get(1).rangeSources()).containsExactly("stem");
    assertThat(plan.observationPoints()).containsExactly("stem");
  }

  @Test
  void plan_chainOfMaxPoolsAllRead_hasOneScaleThroughout() {
    String p1 = builder.maxPool("p1", x);
    String p2 = builder.maxPool("p2", p1);
    builder.output(builder.conv("c0", x, 16, 16, 1));
    builder.output(builder.conv("c1", p1, 16, 16, 1));
    builder.output(builder.conv("c2", p2, 16, 16, 1));
    QuantizationPlan plan = Plans.of(builder);

    assertThat(plan.activationPairs())
        .extracting(ActivationPair::rangeSources)
        .containsOnly(List.of("stem"));
    assertThat(Plans.decision(plan, "p2")).isEqualTo("INT8 P27");
  }

  @Test
  void plan_maxPoolWithFloatReaders_isFloat() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.maxPool("p", x)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("float P27");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01");
  }

  @Test
  void plan_maxPoolOfAFloatTensor_isFloat() {
    QuantizationPlan plan =
        Plans.of(builder.output(builder.conv("c", builder.maxPool("p", x), 16, 16, 3)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("float P26");
    assertThat(Plans.pairs(plan)).containsExactly("p -> [c[0]], P01");
  }

  @Test
  void plan_maxPoolWithDilations_isNotSpokenOf() {
    builder.add(
        "MaxPool",
        "p",
        List.of(x),
        ModelBuilder.integers("kernel_shape", 2, 2),
        ModelBuilder.integers("dilations", 2, 2));
    builder.output(builder.conv("c1", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", "p", 16, 16, 3)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("float ");
    assertThat(plan.observationPoints()).containsExactly("p", "stem");
  }

  @Test
  void plan_chainOfMaxPoolsReadAtItsEnd_inheritsThroughout() {
    String p2 = builder.maxPool("p2", builder.maxPool("p1", x));
    builder.output(builder.conv("c0", x, 16, 16, 1));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", p2, 16, 16, 1)));

    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [p1[0], c0[0]], P27", "p1 -> [p2[0]], P27", "p2 -> [c2[0]], P01");
    assertThat(plan.observationPoints()).containsExactly("stem");
  }

  @Test
  void plan_globalMaxPool_inherits() {
    builder.output(builder.conv("c0", x, 16, 16, 1));
    String pooled = builder.add("GlobalMaxPool", "gmp", List.of(x));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", pooled, 16, 16, 1)));

    assertThat(Plans.decision(plan, "gmp")).isEqualTo("INT8 P27");
    assertThat(plan.observationPoints()).containsExactly("stem");
  }

  @Test
  void plan_nearestResizeOfAPairedTensor_sharesItsScale() {
    builder.output(builder.conv("c1", x, 16, 16, 3));
    String large = resize(x);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", large, 16, 16, 3)));

    assertThat(Plans.decision(plan, "up")).isEqualTo("INT8 P31");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [c1[0], up[0]], P01", "up -> [c2[0]], P01");
    assertThat(plan.activationPairs().get(1).rangeSources()).containsExactly("stem");
  }

  @Test
  void plan_nearestResizeBehindAConvolution_hasThePairAtItsReader() {
    String large = resize(builder.conv("c1", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", large, 16, 16, 3)));

    assertThat(Plans.decision(plan, "up")).isEqualTo("INT8 P31");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01", "up -> [c2[0]], P01");
  }

  @Test
  void plan_upsample_isAResize() {
    builder.output(builder.conv("c1", x, 16, 16, 3));
    builder.constant("scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
    String large = builder.add("Upsample", "up", List.of(x, "scales"));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", large, 16, 16, 3)));

    assertThat(Plans.decision(plan, "up")).isEqualTo("INT8 P31");
  }

  @Test
  void plan_nearestResizeWithoutInt8Readers_isFloat() {
    builder.output(builder.conv("c1", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(resize(x)));

    assertThat(Plans.decision(plan, "up")).isEqualTo("float P31");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01");
  }

  @Test
  void plan_nearestResizeThatCrops_doesNotInherit() {
    builder.output(builder.conv("c1", x, 16, 16, 3));
    String large =
        resize(x, ModelBuilder.text("coordinate_transformation_mode", "tf_crop_and_resize"));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", large, 16, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01", "up -> [c2[0]], P01");
    assertThat(plan.observationPoints()).containsExactly("stem", "up");
  }

  @Test
  void quantized_chainOfMaxPools_addsNoRounding() {
    builder.output(builder.conv("c0", x, 16, 16, 1));
    String p2 = builder.maxPool("p2", builder.maxPool("p1", x));
    OnnxModel model = builder.output(builder.conv("c2", p2, 16, 16, 1)).build();

    assertQuantizingChangesNothing(model, "p2");
  }

  @Test
  void quantized_nearestResize_addsNoRounding() {
    builder.output(builder.conv("c0", x, 16, 16, 1));
    OnnxModel model = builder.output(builder.conv("c2", resize(x), 16, 16, 1)).build();

    assertQuantizingChangesNothing(model, "up");
  }

  private static void assertQuantizingChangesNothing(OnnxModel model, String tensor) {
    OnnxModel int8 = Calibration.quantized(model, SAMPLE, Target.TENSORRT);
    ExposeObservationPoints.of(List.of(tensor, tensor + "_dequantized")).run(int8);
    Map<String, Tensor> seen = OnnxRuntimeOracle.run(int8, Map.of("x", SAMPLE));

    Tensor before = Objects.requireNonNull(seen.get(tensor));
    Tensor after = Objects.requireNonNull(seen.get(tensor + "_dequantized"));
    assertThat(after.floats()).isEqualTo(before.floats());
  }

  @Test
  void quantized_nearestResizeAndConcat_isCloseToFloat() {
    String small = builder.maxPool("p", builder.conv("c1", x, 16, 16, 3));
    String skip = builder.conv("c2", x, 16, 16, 3);
    String large = resize(builder.conv("c3", small, 16, 16, 3));
    builder.add("Concat", "cat", List.of(large, skip), ModelBuilder.integer("axis", 1));
    builder.output(builder.conv("c4", "cat", 32, 16, 3));

    assertThat(Calibration.signalToNoise(builder.build(), SAMPLE)).isGreaterThan(28);
  }

  private String resize(String input, AttributeProto... attributes) {
    builder.constant("scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
    return builder.add("Resize", "up", List.of(input, "", "scales"), attributes);
  }
}
