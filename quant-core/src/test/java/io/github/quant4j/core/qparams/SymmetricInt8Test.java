/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SymmetricInt8Test {

  /*
   * Expected value made with onnxruntime 1.30.0:
   *   import numpy as np
   *   from onnxruntime.quantization.quant_utils import compute_scale_zp
   *   compute_scale_zp(np.float32(-1), np.float32(3), np.int8(-127), np.int8(127), True)
   *   # scale 0.023622047, zero point 0
   */
  @Test
  void forActivationIsThatOfOnnxRuntime() {
    QuantizationParameters parameters = SymmetricInt8.forActivation(new ValueRange(-1f, 3f));

    assertThat(parameters).isEqualTo(QuantizationParameters.perTensor(0.023622047f, 0));
  }

  @Test
  void forActivationOfNegativeRangeUsesItsMagnitude() {
    assertThat(SymmetricInt8.forActivation(new ValueRange(-254f, -3f)).scale(0)).isEqualTo(2f);
  }

  @Test
  void forActivationOfZeroIsOne() {
    assertThat(SymmetricInt8.forActivation(new ValueRange(-0f, 0f)))
        .isEqualTo(QuantizationParameters.perTensor(1f, 0));
  }

  @Test
  void forActivationOfTinyRangeIsTheSmallestNormalScale() {
    assertThat(SymmetricInt8.forActivation(new ValueRange(0f, Float.MIN_VALUE)).scale(0))
        .isEqualTo(Float.MIN_NORMAL);
    assertThat(SymmetricInt8.forActivation(new ValueRange(0f, 126 * Float.MIN_NORMAL)).scale(0))
        .isEqualTo(Float.MIN_NORMAL);
  }

  @Test
  void forActivationOfLargestRangeIsFinite() {
    ValueRange range = new ValueRange(-Float.MAX_VALUE, Float.MAX_VALUE);

    assertThat(SymmetricInt8.forActivation(range).scale(0)).isEqualTo(2.6793887e36f);
  }

  @Test
  void forWeightOfTensorIsOverAllValues() {
    FloatBuffer weight = FloatBuffer.wrap(new float[] {1f, -127f, 3f, 4f});

    assertThat(SymmetricInt8.forWeight(weight, Shape.of(2, 2)))
        .isEqualTo(QuantizationParameters.perTensor(1f, 0));
    assertThat(weight.position()).isZero();
  }

  @Test
  void forWeightOfNoElementIsOne() {
    assertThat(SymmetricInt8.forWeight(FloatBuffer.allocate(0), Shape.of(0, 3)).scale(0))
        .isEqualTo(1f);
  }

  @Test
  void forWeightOfAxisIsPerChannel() {
    FloatBuffer weight = FloatBuffer.wrap(new float[] {127f, -2f, -254f, 1f});

    assertThat(SymmetricInt8.forWeight(weight, Shape.of(2, 2), 0))
        .isEqualTo(QuantizationParameters.perAxis(0, new float[] {1f, 2f}, new int[2]));
    assertThat(SymmetricInt8.forWeight(weight, Shape.of(2, 2), 1))
        .isEqualTo(QuantizationParameters.perAxis(1, new float[] {2f, 2f / 127}, new int[2]));
  }

  @Test
  void forWeightWithZeroChannelTakesTheSmallestOtherScale() {
    FloatBuffer weight = FloatBuffer.wrap(new float[] {0f, 254f, 127f, -0f});

    assertThat(SymmetricInt8.forWeight(weight, Shape.of(4), 0).scales())
        .containsExactly(1f, 2f, 1f, 1f);
  }

  @Test
  void forWeightOfZerosIsOne() {
    assertThat(SymmetricInt8.forWeight(FloatBuffer.allocate(6), Shape.of(2, 3), 0).scales())
        .containsExactly(1f, 1f);
  }

  @Test
  void forWeightWithNonFiniteValueIsRefused() {
    FloatBuffer weight = FloatBuffer.wrap(new float[] {1f, Float.NaN});

    assertThatIllegalArgumentException()
        .isThrownBy(() -> SymmetricInt8.forWeight(weight, Shape.of(2)))
        .withMessage(
            "weight of shape [2] holds 1 values that are NaN or infinite, expected finite values");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SymmetricInt8.forWeight(weight, Shape.of(2), 0));
  }

  @Test
  void forWeightOfWrongSizeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SymmetricInt8.forWeight(FloatBuffer.allocate(3), Shape.of(2)))
        .withMessage("weight has 3 values remaining, expected 2 for shape [2]");
  }

  @Test
  void forWeightOfRandomChannelsIsThatOfTheirSlices() {
    for (long seed = 0; seed < 50; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      int length = floats.between(1, 300);
      float[] values = floats.finite(5 * length);
      float[] scales =
          SymmetricInt8.forWeight(FloatBuffer.wrap(values), Shape.of(5, length), 0).scales();
      for (int channel = 0; channel < 5; channel++) {
        float[] slice = Arrays.copyOfRange(values, channel * length, (channel + 1) * length);
        double absoluteMaximum = 0;
        for (float value : slice) {
          absoluteMaximum = Math.max(absoluteMaximum, Math.abs((double) value));
        }
        if (absoluteMaximum > 0) {
          assertThat(scales[channel])
              .as("seed %d channel %d", seed, channel)
              .isEqualTo((float) (absoluteMaximum / 127));
        }
      }
    }
  }
}
