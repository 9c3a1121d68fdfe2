/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upsample of opset 7 and 9, Resize of 10 and 11. */
class ResizeLiftTest {
  private static final Tensor IMAGE = ModelBuilder.random(1, 1, 1, 2, 5, 7);

  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.input("x", 1, 2, 5, 7);

  @ParameterizedTest
  @CsvSource({"7, nearest, 2", "8, linear, 2", "8, nearest, 1.7"})
  void run_upsampleWithAttribute_becomesResize(int opset, String mode, float scale) {
    builder.add(
        "Upsample",
        "y",
        List.of(x),
        ModelBuilder.text("mode", mode),
        ModelBuilder.reals("scales", 1, 1, scale, 2));

    OnnxModel model = Lifting.keepsResults(builder.opset(opset).output("y"), 13, IMAGE);

    assertThat(Lifting.operators(model)).containsExactly("Resize");
  }

  @Test
  void run_upsampleWithoutScales_isRefused() {
    builder.add("Upsample", "y", List.of(x));

    Lifting.refuses(builder.opset(8).output("y"), 13).contains("\"scales\" is missing");
  }

  @ParameterizedTest
  @CsvSource({"nearest, 2, 3", "nearest, 1.3, 2.6", "linear, 2, 2", "linear, 1.5, 2.5"})
  void run_upsampleWithInput_becomesResize(String mode, float height, float width) {
    scales(1, 1, height, width);
    builder.add("Upsample", "y", List.of(x, "scales"), ModelBuilder.text("mode", mode));

    Lifting.keepsResults(builder.opset(9).output("y"), 13, IMAGE);
  }

  @ParameterizedTest
  @CsvSource({
    "nearest, 2, 3",
    "nearest, 1.3, 2.6",
    "nearest, 0.6, 0.6",
    "nearest, 0.75, 1",
    "linear, 2, 1.5",
    "linear, 0.6, 0.4",
    "linear, 0.6, 1.5"
  })
  void run_resizeOf10_isAsymmetric(String mode, float height, float width) {
    scales(1, 1, height, width);
    builder.add("Resize", "y", List.of(x, "scales"), ModelBuilder.text("mode", mode));

    Lifting.keepsResults(builder.opset(10).output("y"), 19, IMAGE);
  }

  @Test
  void run_resizeThatEnlargesAndShrinks_isRefused() {
    scales(1, 1, 2, 0.6f);
    builder.add("Resize", "y", List.of(x, "scales"));

    Lifting.refuses(builder.opset(10).output("y"), 13)
        .contains("node \"y\": Resize")
        .contains("both enlarges and shrinks");
  }

  @Test
  void run_resizeByComputedScales_countsAsEnlarging() {
    scales(1, 1, 1.2f, 2);
    builder.add("Relu", "computed", List.of("scales"));
    builder.add("Resize", "y", List.of(x, "computed"));

    Lifting.keepsResults(builder.opset(10).output("y"), 13, IMAGE);
  }

  @Test
  void run_resizeWithoutScales_isRefused() {
    builder.add("Resize", "y", List.of(x));

    Lifting.refuses(builder.opset(10).output("y"), 13).contains("it has no scales");
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12})
  void run_resizeOf11ToSizes_losesItsEmptyInputs(int opset) {
    builder.constant("roi", Tensor.ofFloats(Shape.of(0)));
    builder.add(
        "Constant", "none", List.of(), ModelBuilder.tensor("value", Tensor.ofFloats(Shape.of(0))));
    builder.longs("sizes", 1, 2, 9, 11);
    builder.add("Resize", "y", List.of(x, "roi", "none", "sizes"));

    OnnxModel model = Lifting.keepsResults(builder.opset(opset).output("y"), 13, IMAGE);

    assertThat(model.graph().nodes().get(1).inputs())
        .extracting(Object::toString)
        .containsExactly("x", "sizes");
  }

  @Test
  void run_resizeOf11ByScales_keepsItsCoordinates() {
    builder.constant("roi", Tensor.ofFloats(Shape.of(0)));
    scales(1, 1, 1.4f, 2);
    builder.add("Resize", "y", List.of(x, "roi", "scales"), ModelBuilder.text("mode", "linear"));

    OnnxModel model = Lifting.keepsResults(builder.opset(11).output("y"), 13, IMAGE);

    assertThat(model.graph().nodes().get(0).hasAttribute("coordinate_transformation_mode"))
        .isFalse();
  }

  @Test
  void run_coordinatesThatAreGone_areRefused() {
    builder.constant("roi", Tensor.ofFloats(Shape.of(0)));
    scales(1, 1, 2, 2);
    builder.add(
        "Resize",
        "y",
        List.of(x, "roi", "scales"),
        ModelBuilder.text("coordinate_transformation_mode", "tf_half_pixel_for_nn"));

    Lifting.refuses(builder.opset(11).output("y"), 13).contains("tf_half_pixel_for_nn");
  }

  private void scales(float... values) {
    builder.constant("scales", Tensor.ofFloats(Shape.of(values.length), values));
  }
}
