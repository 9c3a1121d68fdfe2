/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.Shape;
import org.junit.jupiter.api.Test;

class GranularityTest {

  private static final Shape SHAPE = Shape.of(8, 5, 3);

  @Test
  void scaleShapePerTensorIsScalar() {
    assertThat(Granularity.perTensor().scaleShape(SHAPE)).isEqualTo(Shape.of());
    assertThat(Granularity.perTensor().onAxis()).isEmpty();
  }

  @Test
  void scaleShapePerAxisIsTheNumberOfChannels() {
    assertThat(Granularity.perAxis(1).scaleShape(SHAPE)).isEqualTo(Shape.of(5));
    assertThat(Granularity.perAxis(1).onAxis()).hasValue(1);
  }

  @Test
  void scaleShapePerBlockDividesTheAxisAndRoundsUp() {
    assertThat(Granularity.perBlock(0, 4).scaleShape(SHAPE)).isEqualTo(Shape.of(2, 5, 3));
    assertThat(Granularity.perBlock(0, 3).scaleShape(SHAPE)).isEqualTo(Shape.of(3, 5, 3));
    assertThat(Granularity.perBlock(2, 128).scaleShape(SHAPE)).isEqualTo(Shape.of(8, 5, 1));
    assertThat(Granularity.perBlock(0, 4).onAxis()).hasValue(0);
  }

  @Test
  void scaleShapeOfMissingAxisIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Granularity.perAxis(3).scaleShape(SHAPE))
        .withMessage("shape is [8, 5, 3], expected more than 3 axes for axis 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Granularity.perBlock(3, 2).scaleShape(SHAPE));
  }

  @Test
  void negativeAxisIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Granularity.perAxis(-1))
        .withMessage("axis is -1, expected 0 or more");
    assertThatIllegalArgumentException().isThrownBy(() -> Granularity.perBlock(-1, 2));
  }

  @Test
  void emptyBlockIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Granularity.perBlock(0, 0))
        .withMessage("blockSize is 0, expected 1 or more");
  }

  @Test
  void toStringReadsAsPartOfASentence() {
    assertThat(Granularity.perTensor()).hasToString("per tensor");
    assertThat(Granularity.perAxis(1)).hasToString("on axis 1");
    assertThat(Granularity.perBlock(1, 32)).hasToString("on axis 1 in blocks of 32");
  }
}
