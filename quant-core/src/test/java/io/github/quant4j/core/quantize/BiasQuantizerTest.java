/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.SeededFloats;
import org.junit.jupiter.api.Test;

class BiasQuantizerTest {

  /*
   * Expected values made with numpy 2.4.6:
   *   b = np.array([.5, -1.25, 3e5, -3e5, 1e-9, np.inf], np.float32)
   *   w = np.array([.001, .002, 1e-5, 1e-5, .5, .5], np.float32)
   *   p = np.float64(np.float32(.02)) * w.astype(np.float64)
   *   q = np.clip(np.rint(b.astype(np.float64) / p), -2**31, 2**31 - 1).astype(np.int64)
   *   p.astype(np.float32); q.astype(np.int32).astype(np.float32) * p.astype(np.float32)
   */
  private static final float[] BIAS = {.5f, -1.25f, 3e5f, -3e5f, 1e-9f, Float.POSITIVE_INFINITY};

  private static final BiasQuantizer QUANTIZER =
      BiasQuantizer.of(.02f, new float[] {.001f, .002f, 1e-5f, 1e-5f, .5f, .5f});

  @Test
  void quantizeRoundsAndSaturatesAsNumpy() {
    assertThat(QUANTIZER.quantize(BIAS))
        .containsExactly(25000, -31250, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, Integer.MAX_VALUE);
  }

  @Test
  void scalesAreTheProductsInFloat32() {
    assertThat(QUANTIZER.scales())
        .containsExactly(
            2.0000001e-05f, 4.0000003e-05f, 1.9999999e-07f, 1.9999999e-07f, .01f, .01f);
  }

  @Test
  void dequantizeIsThatOfNumpy() {
    assertThat(QUANTIZER.dequantize(QUANTIZER.quantize(BIAS)))
        .containsExactly(0.50000006f, -1.2500001f, 429.4967f, -429.4967f, 0f, 2.1474836e+07f);
  }

  @Test
  void quantizeOfHalvesRoundsToEven() {
    assertThat(BiasQuantizer.of(1f, new float[] {1f}).quantize(new float[] {.5f, 1.5f, 2.5f, -.5f}))
        .containsExactly(0, 2, 2, 0);
  }

  @Test
  void quantizeWithOneWeightScaleTakesAnyLength() {
    BiasQuantizer quantizer = BiasQuantizer.of(.5f, new float[] {.5f});

    assertThat(quantizer.quantize(new float[] {1f, 2f, 3f})).containsExactly(4, 8, 12);
    assertThat(quantizer.dequantize(new int[] {4, 8})).containsExactly(1f, 2f);
    assertThat(quantizer.scales()).containsExactly(.25f);
    assertThat(quantizer.quantize(new float[0])).isEmpty();
  }

  @Test
  void quantizeOfRandomBiasStaysWithinHalfAScale() {
    for (long seed = 0; seed < 50; seed++) {
      float[] bias = SeededFloats.of(seed).finite(100);
      float inputScale = 1e-3f;
      float[] weightScales = new float[bias.length];
      for (int i = 0; i < bias.length; i++) {
        weightScales[i] = 1e-3f * (i + 1);
      }
      BiasQuantizer quantizer = BiasQuantizer.of(inputScale, weightScales);
      int[] codes = quantizer.quantize(bias);
      float[] back = quantizer.dequantize(codes);

      for (int i = 0; i < bias.length; i++) {
        double product = (double) inputScale * weightScales[i];
        double expected = Math.rint(bias[i] / product);
        assertThat(codes[i])
            .as("seed %d index %d", seed, i)
            .isEqualTo((int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, expected)));
        if (Math.abs(expected) < Integer.MAX_VALUE) {
          assertThat((double) back[i])
              .as("seed %d index %d", seed, i)
              .isBetween(
                  bias[i] - product / 2 - Math.abs(bias[i]) * 2e-7,
                  bias[i] + product / 2 + Math.abs(bias[i]) * 2e-7);
        }
      }
    }
  }

  @Test
  void ofTinyScalesStaysAboveZero() {
    BiasQuantizer quantizer = BiasQuantizer.of(1e-30f, new float[] {1e-30f});

    assertThat(quantizer.scales()).containsExactly(Float.MIN_NORMAL);
    assertThat(quantizer.quantize(new float[] {0f, 1f})).containsExactly(0, Integer.MAX_VALUE);
  }

  @Test
  void ofScaleOutOfRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BiasQuantizer.of(0f, new float[] {1f}))
        .withMessage("inputScale is 0.0, expected a finite number above 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BiasQuantizer.of(1f, new float[] {1f, Float.NaN}))
        .withMessageStartingWith("weightScales[1] is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BiasQuantizer.of(1e30f, new float[] {1e30f}))
        .withMessageStartingWith("inputScale * weightScales[0] is Infinity");
    assertThatIllegalArgumentException().isThrownBy(() -> BiasQuantizer.of(1f, new float[0]));
  }

  @Test
  void weightScalesForModestBiasAreThoseGiven() {
    float[] weightScales = {.001f, 1e-5f};

    assertThat(BiasQuantizer.weightScalesFor(new float[] {1f, -1f}, .02f, weightScales))
        .containsExactly(weightScales)
        .isNotSameAs(weightScales);
    assertThat(BiasQuantizer.weightScalesFor(new float[] {0x1p30f}, 1f, new float[] {1f}))
        .containsExactly(1f);
  }

  @Test
  void weightScalesForLargeBiasAreEnlargedInItsChannelOnly() {
    float[] weightScales = {1f, 1f, .5f};

    assertThat(
            BiasQuantizer.weightScalesFor(new float[] {0x1p32f, 1f, -0x1p31f}, .5f, weightScales))
        .containsExactly(8f, 1f, 4f);
    assertThat(weightScales).containsExactly(1f, 1f, .5f);
  }

  @Test
  void weightScalesForOneScaleAreForTheLargestBias() {
    assertThat(
            BiasQuantizer.weightScalesFor(
                new float[] {0x1p33f, 0x1p34f, -0x1p32f}, 1f, new float[] {1f}))
        .containsExactly(16f);
  }

  @Test
  void weightScalesForRandomBiasKeepCodesWithinTheGuard() {
    for (long seed = 0; seed < 200; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] bias = floats.finite(50);
      float inputScale = (float) Math.pow(10, floats.between(-9, 0)) * 1.1f;
      float[] weightScales = new float[bias.length];
      for (int i = 0; i < bias.length; i++) {
        weightScales[i] = (float) Math.pow(10, floats.between(-9, 0)) * .9f;
      }
      float[] enlarged = BiasQuantizer.weightScalesFor(bias, inputScale, weightScales);
      int[] codes = BiasQuantizer.of(inputScale, enlarged).quantize(bias);

      for (int i = 0; i < bias.length; i++) {
        double exact = Math.abs((double) bias[i]) / ((double) inputScale * weightScales[i]);
        assertThat(Math.abs((long) codes[i])).as("seed %d", seed).isLessThanOrEqualTo(1L << 30);
        assertThat(enlarged[i])
            .as("seed %d index %d", seed, i)
            .isEqualTo(exact > 0x1p30 ? enlarged[i] : weightScales[i])
            .isGreaterThanOrEqualTo(weightScales[i]);
        if (exact > 0x1p30) {
          assertThat(Math.abs((long) codes[i])).as("seed %d", seed).isGreaterThan((1L << 30) - 200);
        }
      }
    }
  }

  @Test
  void weightScalesForTinyProductsReckonWithTheSmallestOne() {
    float[] scales = BiasQuantizer.weightScalesFor(new float[] {1f}, 1e-30f, new float[] {1e-30f});

    assertThat(BiasQuantizer.of(1e-30f, scales).quantize(new float[] {1f})[0])
        .isBetween((1 << 30) - 200, 1 << 30);
  }

  @Test
  void weightScalesForBiasThatNoScaleFitsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                BiasQuantizer.weightScalesFor(
                    new float[] {0f, Float.NEGATIVE_INFINITY}, 1f, new float[] {1f}))
        .withMessage("bias[1] is -Infinity, expected a finite number");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                BiasQuantizer.weightScalesFor(
                    new float[] {Float.MAX_VALUE}, 1e-30f, new float[] {1f}))
        .withMessage("weight scale for bias[0] is Infinity, expected a finite number above 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BiasQuantizer.weightScalesFor(new float[3], 1f, new float[] {1f, 1f}))
        .withMessage("bias has 3 values, expected 2 as weight scales");
  }

  @Test
  void quantizeOfNaNIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> BiasQuantizer.of(1f, new float[] {1f}).quantize(new float[] {0f, Float.NaN}))
        .withMessage("bias[1] is NaN, expected a number");
  }

  @Test
  void otherLengthThanWeightScalesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QUANTIZER.quantize(new float[2]))
        .withMessage("bias has 2 values, expected 6 as weight scales");
    assertThatIllegalArgumentException().isThrownBy(() -> QUANTIZER.dequantize(new int[7]));
  }
}
