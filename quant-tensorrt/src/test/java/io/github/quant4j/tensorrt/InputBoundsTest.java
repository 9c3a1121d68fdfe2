/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.BDDAssertions.then;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InputBoundsTest {

  private static final List<InputBounds> INPUTS =
      List.of(
          new InputBounds(
              new EngineTensor("x", ElementType.FLOAT, List.of(-1L, 3L)),
              Shape.of(2, 3),
              Shape.of(8, 3)),
          new InputBounds(
              new EngineTensor("n", ElementType.INT64, List.of(1L)), Shape.of(1), Shape.of(1)));

  @Test
  void verify_endsOfTheProfile_fit() {
    for (long batch : new long[] {2, 8}) {
      assertThatCode(
              () ->
                  InputBounds.verify(
                      INPUTS, Map.of("x", floats(batch, 3), "n", Tensor.ofLongs(Shape.of(1), 7))))
          .as("batch %s", batch)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void of_profile_isItsEndsOrTheFixedShape() {
    Map<String, ShapeRange> ranges =
        ShapeProfile.of("x", Shape.of(2), Shape.of(4), Shape.of(8)).ranges();
    EngineTensor x = new EngineTensor("x", ElementType.FLOAT, List.of(-1L));
    EngineTensor fixed = new EngineTensor("fixed", ElementType.FLOAT, List.of(3L));

    assertThat(InputBounds.of(x, ranges)).isEqualTo(new InputBounds(x, Shape.of(2), Shape.of(8)));
    assertThat(InputBounds.of(fixed, ranges))
        .isEqualTo(new InputBounds(fixed, Shape.of(3), Shape.of(3)));
  }

  @ParameterizedTest
  @MethodSource
  void verify_tensorsThatDoNotFit_namesTensorFoundAndExpected(
      Map<String, Tensor> given, String tensor, String found, String expected) {
    EngineInputException refusal =
        catchThrowableOfType(EngineInputException.class, () -> InputBounds.verify(INPUTS, given));

    then(refusal.tensor()).isEqualTo(tensor);
    then(refusal.found()).isEqualTo(found);
    then(refusal.expected()).isEqualTo(expected);
    then(refusal).hasMessage("input '%s' is %s, expected %s", tensor, found, expected);
  }

  static Stream<Arguments> verify_tensorsThatDoNotFit_namesTensorFoundAndExpected() {
    Tensor n = Tensor.ofLongs(Shape.of(1), 7);
    String x = "float from [2, 3] to [8, 3], the optimization profile of the engine";
    return Stream.of(
        Arguments.of(Map.of("n", n), "x", "missing", x),
        Arguments.of(Map.of("x", floats(1, 3), "n", n), "x", "float[1, 3]", x),
        Arguments.of(Map.of("x", floats(9, 3), "n", n), "x", "float[9, 3]", x),
        Arguments.of(Map.of("x", floats(2, 4), "n", n), "x", "float[2, 4]", x),
        Arguments.of(Map.of("x", floats(6), "n", n), "x", "float[6]", x),
        Arguments.of(
            Map.of("x", Tensor.ofInts(Shape.of(2, 3), new int[6]), "n", n), "x", "int32[2, 3]", x),
        Arguments.of(
            Map.of("x", floats(2, 3), "n", Tensor.ofLongs(Shape.of(2), 7, 7)),
            "n",
            "int64[2]",
            "int64[1]"),
        Arguments.of(
            Map.of("x", floats(2, 3), "n", n, "y", n),
            "y",
            "unknown to the engine",
            "only inputs of [x, n]"));
  }

  private static Tensor floats(long... dimensions) {
    Shape shape = Shape.of(dimensions);
    return Tensor.of(
        ElementType.FLOAT, shape, ByteBuffer.allocate((int) shape.elementCount() * Float.BYTES));
  }
}
