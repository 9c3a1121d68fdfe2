/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {

  @Test
  void dimensionCountsFromEitherEnd() {
    Shape shape = Shape.of(1, 3, 32, 16);

    assertThat(shape.rank()).isEqualTo(4);
    assertThat(shape.dimension(1)).isEqualTo(3);
    assertThat(shape.dimension(-1)).isEqualTo(16);
    assertThat(shape.dimension(-4)).isEqualTo(1);
  }

  @Test
  void dimensionBeyondTheAxesIsRefused() {
    assertThatThrownBy(() -> Shape.of(1, 3).dimension(2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Shape.of(1, 3).dimension(-3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void elementCountIsTheProduct() {
    assertThat(Shape.of(2, 3, 4).elementCount()).isEqualTo(24);
  }

  @Test
  void elementCountOfScalarIsOne() {
    assertThat(Shape.of().elementCount()).isEqualTo(1);
  }

  @Test
  void elementCountWithZeroDimensionIsZero() {
    assertThat(Shape.of(Long.MAX_VALUE, 0, Long.MAX_VALUE).elementCount()).isZero();
  }

  @Test
  void ofNegativeDimensionIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(3, -1))
        .withMessage("dimensions are [3, -1], expected none below 0");
  }

  @Test
  void ofOverflowingProductIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(1L << 32, 1L << 31))
        .withMessageContaining("[4294967296, 2147483648]");
    assertThat(Shape.of(1L << 32, (1L << 31) - 1).elementCount()).isPositive();
  }

  @Test
  void toArrayIsACopy() {
    long[] given = {2, 3};
    Shape shape = Shape.of(given);
    given[0] = 9;
    shape.toArray()[1] = 9;

    assertThat(shape).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void equalsComparesDimensions() {
    assertThat(Shape.of(2, 3)).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
    assertThat(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2)).isNotEqualTo("[2, 3]");
  }

  @Test
  void toStringListsDimensions() {
    assertThat(Shape.of(1, 3, 32, 32)).hasToString("[1, 3, 32, 32]");
    assertThat(Shape.of()).hasToString("[]");
  }
}
