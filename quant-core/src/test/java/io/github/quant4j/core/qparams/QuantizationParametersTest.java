/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QuantizationParametersTest {

  private static final float[] SCALES = {0.5f, 2f};
  private static final int[] ZERO_POINTS = {0, -3};

  @Test
  void perTensorHoldsOneScale() {
    QuantizationParameters parameters = QuantizationParameters.perTensor(0.5f, -3);

    assertThat(parameters.isPerAxis()).isFalse();
    assertThat(parameters.axis()).isEmpty();
    assertThat(parameters.count()).isEqualTo(1);
    assertThat(parameters.scale(0)).isEqualTo(0.5f);
    assertThat(parameters.zeroPoint(0)).isEqualTo(-3);
    assertThat(parameters).hasToString("scale 0.5 zero point -3");
  }

  @Test
  void perAxisHoldsOneScalePerChannel() {
    QuantizationParameters parameters = QuantizationParameters.perAxis(1, SCALES, ZERO_POINTS);

    assertThat(parameters.isPerAxis()).isTrue();
    assertThat(parameters.axis()).hasValue(1);
    assertThat(parameters.count()).isEqualTo(2);
    assertThat(parameters.scale(1)).isEqualTo(2f);
    assertThat(parameters.zeroPoint(1)).isEqualTo(-3);
    assertThat(parameters).hasToString("2 scales on axis 1");
  }

  @Test
  void perBlockHoldsOneScalePerBlock() {
    QuantizationParameters parameters = QuantizationParameters.perBlock(1, 32, SCALES, ZERO_POINTS);

    assertThat(parameters.isPerAxis()).isFalse();
    assertThat(parameters.axis()).hasValue(1);
    assertThat(parameters.granularity()).isEqualTo(Granularity.perBlock(1, 32));
    assertThat(parameters.count()).isEqualTo(2);
    assertThat(parameters)
        .isNotEqualTo(QuantizationParameters.perAxis(1, SCALES, ZERO_POINTS))
        .hasToString("2 scales on axis 1 in blocks of 32");
  }

  @Test
  void arraysAreCopiedInAndOut() {
    float[] scales = SCALES.clone();
    int[] zeroPoints = ZERO_POINTS.clone();
    QuantizationParameters parameters = QuantizationParameters.perAxis(0, scales, zeroPoints);
    scales[0] = 9;
    zeroPoints[0] = 9;
    parameters.scales()[1] = 9;
    parameters.zeroPoints()[1] = 9;

    assertThat(parameters.scales()).containsExactly(SCALES);
    assertThat(parameters.zeroPoints()).containsExactly(ZERO_POINTS);
  }

  @Test
  void scaleThatIsNotPositiveAndFiniteIsRefused() {
    for (float scale : new float[] {0f, -0f, -1f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> QuantizationParameters.perTensor(scale, 0))
          .withMessage("scale 0 is " + scale + ", expected a finite number above 0");
    }
  }

  @Test
  void perAxisOfUnevenArraysIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizationParameters.perAxis(0, SCALES, new int[1]))
        .withMessageStartingWith("found 2 scales and 1 zero points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizationParameters.perAxis(0, new float[0], new int[0]));
  }

  @Test
  void perAxisOfNegativeAxisIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizationParameters.perAxis(-1, SCALES, ZERO_POINTS));
  }

  @Test
  void scaleOfUnknownChannelIsRefused() {
    QuantizationParameters parameters = QuantizationParameters.perTensor(1f, 0);

    assertThatThrownBy(() -> parameters.scale(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> parameters.zeroPoint(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void equalsComparesAxisScalesAndZeroPoints() {
    QuantizationParameters parameters = QuantizationParameters.perAxis(0, SCALES, ZERO_POINTS);
    QuantizationParameters same = QuantizationParameters.perAxis(0, SCALES, ZERO_POINTS);

    assertThat(parameters).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(parameters)
        .isNotEqualTo(QuantizationParameters.perAxis(1, SCALES, ZERO_POINTS))
        .isNotEqualTo(QuantizationParameters.perAxis(0, SCALES, new int[2]))
        .isNotEqualTo(QuantizationParameters.perAxis(0, new float[] {1f, 1f}, ZERO_POINTS))
        .isNotEqualTo("2 scales on axis 0");
  }
}
