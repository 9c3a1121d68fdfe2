/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearResizeRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_linearBetweenConvolutions_isPairedOnBothSides() {
    String large = resize(builder.conv("c1", x, 16, 16, 3), ModelBuilder.text("mode", "linear"));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", large, 16, 16, 3)));

    assertThat(Plans.decision(plan, "up")).isEqualTo("INT8 P32");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [c1[0]], P01", "c1 -> [up[0]], P32", "up -> [c2[0]], P01");
  }

  @Test
  void plan_linearBeforeAConcatOfInt8_isPairedOnBothSides() {
    String large = resize(builder.conv("c1", x, 16, 16, 3), ModelBuilder.text("mode", "linear"));
    String wide = resize("nearest", x, ModelBuilder.text("mode", "nearest"));
    builder.add("Concat", "cat", List.of(large, wide), ModelBuilder.integer("axis", 1));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", "cat", 32, 16, 3)));

    assertThat(Plans.pairs(plan)).contains("c1 -> [up[0]], P32", "up -> [cat[0]], P33");
  }

  @Test
  void plan_linearBeforeAFloatOperator_hasNoPair() {
    String large = resize(builder.conv("c1", x, 16, 16, 3), ModelBuilder.text("mode", "linear"));
    QuantizationPlan plan = Plans.of(builder.output(builder.add("Sigmoid", "s", List.of(large))));

    assertThat(Plans.decision(plan, "up")).isEqualTo("float P32");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01");
  }

  @Test
  void plan_linearOfAFloatTensor_hasNoPairBefore() {
    String large = resize(x, ModelBuilder.text("mode", "linear"));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", large, 16, 16, 3)));

    assertThat(Plans.decision(plan, "up")).isEqualTo("float P32");
    assertThat(Plans.pairs(plan)).containsExactly("up -> [c2[0]], P01");
  }

  @Test
  void plan_cubic_isFloat() {
    String large = resize(builder.conv("c1", x, 16, 16, 3), ModelBuilder.text("mode", "cubic"));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", large, 16, 16, 3)));

    assertThat(Plans.decision(plan, "up")).isEqualTo("float P32");
  }

  @Test
  void plan_linearThatCrops_isFloat() {
    String large =
        resize(
            builder.conv("c1", x, 16, 16, 3),
            ModelBuilder.text("mode", "linear"),
            ModelBuilder.text("coordinate_transformation_mode", "tf_crop_and_resize"));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", large, 16, 16, 3)));

    assertThat(Plans.decision(plan, "up")).isEqualTo("float P32");
  }

  @Test
  void quantized_linearBetweenConvolutions_isCloseToFloat() {
    String large = resize(builder.conv("c1", x, 16, 16, 3), ModelBuilder.text("mode", "linear"));
    builder.output(builder.conv("c2", large, 16, 16, 3));

    assertThat(Calibration.signalToNoise(builder.build(), ModelBuilder.random(3, 1, 4, 16, 8, 8)))
        .isGreaterThan(28);
  }

  private String resize(String input, AttributeProto... attributes) {
    return resize("up", input, attributes);
  }

  private String resize(String name, String input, AttributeProto... attributes) {
    builder.constant(name + ".scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
    return builder.add("Resize", name, List.of(input, "", name + ".scales"), attributes);
  }
}
