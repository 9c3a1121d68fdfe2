/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import static io.github.quant4j.core.compat.ReferenceValues.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizationProfile;
import io.github.quant4j.core.qparams.QuantizationSpec;
import org.junit.jupiter.api.Test;

/*
 * Ranges of all peers over 10,000 quantiles of the normal distribution. Expected numbers were made
 * with torch 2.13.0, onnxruntime 1.30.0 and, for Model Optimizer, its algorithm written down again:
 *
 *   p = (np.arange(10000) + 0.5) / 10000
 *   G = (2**0.5 * torch.erfinv(torch.from_numpy(2 * p - 1))).numpy().astype(np.float32)
 */
class GaussianQuantilesTest {

  private static final int COUNT = 10_000;
  private final float[] quantiles = quantiles();

  @Test
  void quantiles_ends_areThoseOfTorch() {
    assertThat(quantiles[COUNT - 1]).isEqualTo((float) 3.890591859817505);
  }

  @Test
  void torch_ofQuantiles_isThatOfThePeer() {
    float[] ends = range(TorchHistogramObserver.create(), quantiles);

    assertThat(
            QuantizationProfile.TORCH.parameters(
                new ValueRange(ends[0], ends[1]), QuantizationSpec.UINT8_ACTIVATION))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.030499545857310295, 128));
  }

  @Test
  void onnxRuntime_ofQuantiles_isThatOfThePeer() {
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(2048, 128), quantiles))
        .containsExactly((float) -3.1763033866882324, (float) 3.180103063583374);
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(2048, 256), quantiles))
        .containsExactly((float) -3.484055519104004, (float) 3.4878547191619873);
    assertThat(range(OnnxRuntimePercentileCalibrator.symmetric(99), quantiles))
        .containsExactly((float) -2.57793927192688, (float) 2.57793927192688);
    assertThat(range(OnnxRuntimePercentileCalibrator.asymmetric(99), quantiles))
        .containsExactly((float) -2.57979679107666, (float) 2.5759971141815186);
  }

  @Test
  void modelOpt_ofQuantiles_isThatOfTheAlgorithm() {
    assertThat(range(ModelOptCalibrator.entropy(false), quantiles))
        .containsExactly((float) -3.890591859817505, (float) 3.890591859817505);
  }

  private static float[] quantiles() {
    float[] values = new float[COUNT];
    for (int i = 0; i < COUNT / 2; i++) {
      double quantile = upperQuantile((i + 0.5) / COUNT);
      values[i] = (float) -quantile;
      values[COUNT - 1 - i] = (float) quantile;
    }
    return values;
  }

  /** Returns x with P(X > x) = p by bisection, to the last bit but a few. */
  private static double upperQuantile(double p) {
    double low = 0;
    double high = 8;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (upperTail(middle) > p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /** P(X > x), below 2.5 by the series of the density, above by its continued fraction. */
  private static double upperTail(double x) {
    double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    if (x < 2.5) {
      double term = x;
      double sum = x;
      for (int k = 3; term > 1e-18; k += 2) {
        term *= x * x / k;
        sum += term;
      }
      return 0.5 - density * sum;
    }
    double fraction = x;
    for (int k = 200; k > 0; k--) {
      fraction = x + k / fraction;
    }
    return density / fraction;
  }
}
