/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import io.github.quant4j.core.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeProfileTest {

  @Test
  void parse_threeShapesOrOne_keepsOrderAndNamesWithColons() {
    ShapeProfile profile = ShapeProfile.parse(List.of("x:0:1x3,4x3,8x3", "mask:7"));

    assertThat(profile.ranges())
        .containsExactly(
            entry("x:0", new ShapeRange(Shape.of(1, 3), Shape.of(4, 3), Shape.of(8, 3))),
            entry("mask", new ShapeRange(Shape.of(7), Shape.of(7), Shape.of(7))));
  }

  @Test
  void of_thenWith_addsToACopy() {
    ShapeProfile one = ShapeProfile.of("a", Shape.of(1), Shape.of(2), Shape.of(3));

    ShapeProfile two = one.with("b", new ShapeRange(Shape.of(5), Shape.of(5), Shape.of(5)));

    assertThat(one).hasToString("{a=[1]..[2]..[3]}");
    assertThat(two).hasToString("{a=[1]..[2]..[3], b=[5]..[5]..[5]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1x3", ":1x3", "x:", "x:1x3,2x3", "x:1x,2x3,3x3", "x:1x3,2x3,3x3,4x3"})
  void parse_anotherForm_showsTextAndForm(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShapeProfile.parse(List.of(text)))
        .withMessageStartingWith("profile is '%s', expected NAME:MIN,OPT,MAX", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x:2x3,1x3,4x3", "x:1x3,8x3,4x3", "x:1x3,2x3,4", "x:1x4,2x3,4x4"})
  void parse_shapesThatDoNotGrow_areNamed(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShapeProfile.parse(List.of(text)))
        .withMessageContaining("expected one rank and growing sizes");
  }

  @Test
  void parse_nothing_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> ShapeProfile.parse(List.of()));
  }
}
