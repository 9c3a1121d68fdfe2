/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SymbolicShapeTest {

  private final Map<String, Long> sizes = new HashMap<>();

  @Test
  void resolve_namesThatAreBound_givesTheirSizes() {
    shape("n", "3", "h").bind(Shape.of(2, 3, 5), sizes);

    assertThat(shape("h", "7", "n", "0").resolve(sizes)).contains(Shape.of(5, 7, 2, 0));
    assertThat(shape().resolve(sizes)).contains(Shape.of());
  }

  @Test
  void resolve_nameThatIsNotBoundOrMissing_isEmpty() {
    shape("n", "").bind(Shape.of(2, 3), sizes);

    assertThat(shape("n", "w").resolve(sizes)).isEmpty();
    assertThat(shape("n", "").resolve(sizes)).isEmpty();
  }

  /** As of a size that some exporters call "?" wherever it is free. */
  @Test
  void resolve_nameBoundToTwoSizes_isEmptyHoweverOftenItIsBound() {
    shape("n", "?", "?").bind(Shape.of(2, 3, 5), sizes);
    assertThat(shape("n", "?").resolve(sizes)).isEmpty();

    shape("?", "m").bind(Shape.of(3, 4), sizes);
    shape("?").bind(Shape.of(3), sizes);
    assertThat(shape("?").resolve(sizes)).isEmpty();
    assertThat(shape("n", "m").resolve(sizes)).contains(Shape.of(2, 4));
  }

  @Test
  void resolve_nameBoundTwiceToOneSize_givesIt() {
    shape("n", "n").bind(Shape.of(4, 4), sizes);

    assertThat(shape("n").resolve(sizes)).contains(Shape.of(4));
  }

  /** Numbers are sizes, all else are names. */
  private static SymbolicShape shape(String... axes) {
    return new SymbolicShape(
        Arrays.stream(axes)
            .map(
                axis ->
                    axis.matches("[0-9]+")
                        ? new SymbolicShape.Axis(Long.parseLong(axis), "")
                        : new SymbolicShape.Axis(-1, axis))
            .toList());
  }
}
