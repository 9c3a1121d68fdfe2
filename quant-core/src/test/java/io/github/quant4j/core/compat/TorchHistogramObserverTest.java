/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import static io.github.quant4j.core.compat.ReferenceValues.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.CodeRange;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizationProfile;
import io.github.quant4j.core.qparams.QuantizationSpec;
import org.junit.jupiter.api.Test;

/*
 * Expected numbers were made with torch 2.13.0, I and the others as in ReferenceValues:
 *
 *   from torch.ao.quantization import HistogramObserver
 *   def run(*batches, **options):
 *       o = HistogramObserver(**options)
 *       for b in batches: o(torch.from_numpy(b))
 *       return *o._non_linear_param_search(), *o.calculate_qparams()
 */
class TorchHistogramObserverTest {

  private static final QuantizationSpec QUINT8 = QuantizationSpec.UINT8_ACTIVATION;
  private static final QuantizationSpec QINT8 = QuantizationSpec.INT8_ACTIVATION;

  /* run(I), then dtype=torch.qint8, qscheme=torch.per_tensor_symmetric; reduce_range=True */
  @Test
  void range_ofReferenceValues_isThatOfTorch() {
    ValueRange range = observed(ReferenceValues.all());

    assertThat(range).isEqualTo(new ValueRange((float) -4.8935546875, (float) 4.624927520751953));
    assertThat(QuantizationProfile.TORCH.parameters(range, QUINT8))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.03732738271355629, 131));
    assertThat(QuantizationProfile.TORCH.parameters(range, QINT8.withScheme(QUINT8.scheme())))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.03732738271355629, 3));
    assertThat(QuantizationProfile.TORCH.parameters(range, QINT8))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.03838082030415535, 0));
    assertThat(QuantizationProfile.TORCH.parameters(range, QUINT8.withCodeRange(CodeRange.REDUCED)))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.07494867593050003, 65));
  }

  /* run(inside, outside), run(outside, inside) */
  @Test
  void range_ofTwoBatches_isThatOfOne() {
    ValueRange range = new ValueRange((float) -4.8935546875, (float) 4.624927520751953);

    assertThat(observed(ReferenceValues.inside(), ReferenceValues.outside())).isEqualTo(range);
    assertThat(observed(ReferenceValues.outside(), ReferenceValues.inside())).isEqualTo(range);
  }

  /* run(relu) */
  @Test
  void range_ofRelu_isThatOfTorch() {
    ValueRange range = observed(ReferenceValues.relu());

    assertThat(range).isEqualTo(new ValueRange(0f, (float) 4.623148441314697));
    assertThat(QuantizationProfile.TORCH.parameters(range, QUINT8))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.018129993230104446, 0));
  }

  /* run(plus), then dtype=torch.qint8, qscheme=torch.per_tensor_symmetric */
  @Test
  void range_withOutlier_keepsIt() {
    ValueRange range = observed(ReferenceValues.withOutlier());

    assertThat(range).isEqualTo(new ValueRange((float) -4.8935546875, (float) 39.97808074951172));
    assertThat(QuantizationProfile.TORCH.parameters(range, QUINT8))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.17596720159053802, 28));
    assertThat(QuantizationProfile.TORCH.parameters(range, QINT8))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.3135535717010498, 0));
  }

  /* run(np.arange(256, dtype=np.float32)); run(np.full(10, 2, np.float32)) */
  @Test
  void range_ofWholeNumbersAndOfOneValue_isThatOfTorch() {
    float[] numbers = new float[256];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }

    assertThat(QuantizationProfile.TORCH.parameters(observed(numbers), QUINT8))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.99951171875, 0));
    assertThat(QuantizationProfile.TORCH.parameters(observed(new float[] {2, 2}), QUINT8))
        .isEqualTo(QuantizationParameters.perTensor((float) 0.007843137718737125, 0));
  }

  @Test
  void observe_infinities_dropsThem() {
    TorchHistogramObserver observer = TorchHistogramObserver.create();
    observer.observe(new float[] {Float.NEGATIVE_INFINITY});
    observer.observe(new float[] {-1, Float.POSITIVE_INFINITY, 0.25f, 3});

    assertThat(observer.range()).isEqualTo(observed(new float[] {-1, 0.25f, 3}));
  }

  @Test
  void observe_nanOrNothing_isRefused() {
    TorchHistogramObserver observer = TorchHistogramObserver.create();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> observer.observe(new float[] {1, Float.NaN}))
        .withMessage("batch[1] is NaN, expected finite values");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> observer.observe(new float[0]))
        .withMessage("batch has no values, expected at least one");
  }

  @Test
  void range_beforeTheFirstBatch_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> TorchHistogramObserver.create().range())
        .withMessage("no batch was observed, expected at least one");
  }

  private static ValueRange observed(float[]... batches) {
    float[] ends = range(TorchHistogramObserver.create(), batches);
    return new ValueRange(ends[0], ends[1]);
  }
}
