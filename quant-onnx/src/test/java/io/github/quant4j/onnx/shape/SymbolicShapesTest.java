/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import static io.github.quant4j.onnx.ModelBuilder.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SymbolicShapesTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void haveSameShape_branchesOfResidualBlockOfUnknownSize_isTrue() {
    builder.input("x", "?", 8, "?", "?");
    builder.conv("a", builder.relu("r", builder.conv("c", "x", 8, 8, 3)), 8, 8, 3);

    assertThat(haveSameShape("a", "x")).isTrue();
  }

  @Test
  void haveSameShape_branchesOfStridedBlockOfUnknownSize_isTrue() {
    builder.input("x", "?", 8, "?", "?");
    strided("main", "x", 3, 1, 2);
    builder.conv("main2", "main", 8, 8, 3);
    strided("skip", "x", 1, 0, 2);
    builder.maxPool("pool", builder.relu("r", "x"));

    assertThat(haveSameShape("main2", "skip")).isTrue();
    // floor(h / 2) is not ceil(h / 2).
    assertThat(haveSameShape("main2", "pool")).isFalse();
  }

  @Test
  void haveSameShape_twoStridesAndOneOfFour_isTrue() {
    builder.input("x", 1, 8, "h", "w");
    strided("twice", strided("once", "x", 1, 0, 2), 1, 0, 2);
    strided("four", "x", 1, 0, 4);

    assertThat(haveSameShape("twice", "four")).isTrue();
  }

  @Test
  void haveSameShape_reducedAndEnlargedAgain_isFalse() {
    builder.input("x", 1, 8, "h", "w");
    strided("small", "x", 3, 1, 2);
    builder.constant("scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
    builder.add("Resize", "large", List.of("small", "", "scales"));

    assertThat(haveSameShape("large", "x")).isFalse();
  }

  @Test
  void haveSameShape_unknownSizesOfTwoInputs_isFalse() {
    builder.relu("a", builder.input("x", 1, 8, "?"));
    builder.relu("b", builder.input("y", 1, 8, "?"));

    assertThat(haveSameShape("a", "b")).isFalse();
    assertThat(haveSameShape("a", "x")).isTrue();
  }

  @Test
  void haveSameShape_unknownSizesOfOneInput_areNotOneAnother() {
    builder.input("x", "?", "?");
    builder.add("Transpose", "t", List.of("x"));

    assertThat(haveSameShape("t", "x")).isFalse();
  }

  @Test
  void haveSameShape_sumOfTwoUnknownSizes_equalsOnlyItself() {
    builder.sum("s", builder.input("x", 4, "a"), builder.input("y", 4, "b"));
    builder.sum("t", "y", "x");

    assertThat(haveSameShape("s", "x")).isFalse();
    assertThat(haveSameShape("s", "t")).isTrue();
  }

  @Test
  void haveSameShape_namesThatLookAlike_isFalse() {
    builder.relu("r", builder.input("x", "?", "?"));
    builder.input("y", "x[0]", "x[1]");

    assertThat(haveSameShape("r", "y")).isFalse();
  }

  @Test
  void dimensions_declaredRankThatCannotBe_areUnknown() {
    builder.relu("r", builder.input("x", 2, 3));
    builder.graph().addValueInfo(ModelBuilder.value("r", 1, 2, 3, 4));

    assertThat(dimensions("r", Map.of())).isEqualTo("none");
  }

  @Test
  void of_givenShapes_bindNamesEverywhere() {
    builder.add("Mystery", "m", List.of(builder.input("x", "n", "h")));
    builder.graph().addValueInfo(ModelBuilder.value("m", 1, "h", "n", "k"));
    builder.input("z", "?", "h");

    Map<String, Shape> given = Map.of("x", Shape.of(2, 5));

    assertThat(dimensions("m", given)).isEqualTo("[5, 2, k]");
    assertThat(dimensions("z", given)).isEqualTo("[?, 5]");
  }

  @Test
  void of_givenShapes_winOverStaleDeclarations() {
    builder.relu("r", builder.input("x", "n", 5));
    builder.graph().addValueInfo(ModelBuilder.value("r", 1, 1, 5));

    assertThat(dimensions("r", Map.of("x", Shape.of(4, 5)))).isEqualTo("[4, 5]");
    assertThat(dimensions("r", Map.of())).isEqualTo("[1, 5]");
  }

  @Test
  void of_shapeThatContradictsTheModel_isRefusedByName() {
    builder.input("x", "n", 5);
    builder.input("y", "n", 7);

    assertRefused(Map.of("x", Shape.of(2, 6)), "\"x\"", "[2, 6]", "[n, 5]");
    assertRefused(Map.of("x", Shape.of(2)), "\"x\"", "rank 2");
    assertRefused(
        Map.of("x", Shape.of(2, 5), "y", Shape.of(3, 7)), "\"y\"", "[3, 7]", "n is 2 already");
    assertRefused(Map.of("q", Shape.of(2)), "\"q\"", "no input", "[x, y]");
  }

  private void assertRefused(Map<String, Shape> given, String... parts) {
    OnnxModel model = builder.build();
    assertThatThrownBy(() -> ShapeInference.of(model.graph(), given))
        .isInstanceOf(OnnxException.class)
        .hasMessageContainingAll(parts);
  }

  private String strided(String name, String input, int kernel, int pad, int stride) {
    builder.weight(name + ".W", 8, 8, kernel, kernel);
    return builder.convOf(
        name,
        input,
        name + ".W",
        integers("pads", pad, pad, pad, pad),
        integers("strides", stride, stride));
  }

  private boolean haveSameShape(String a, String b) {
    OnnxModel model = builder.build();
    return ShapeInference.of(model.graph())
        .haveSameShape(model.graph().value(a).orElseThrow(), model.graph().value(b).orElseThrow());
  }

  private String dimensions(String value, Map<String, Shape> given) {
    OnnxModel model = builder.build();
    return ShapeInference.of(model.graph(), given)
        .dimensions(model.graph().value(value).orElseThrow())
        .map(List::toString)
        .orElse("none");
  }
}
