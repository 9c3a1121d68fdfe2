/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.observer.ValueRange;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizationProfileTest {

  private static final ValueRange RANGE = new ValueRange(-1, 3);
  private static final ValueRange ZERO = new ValueRange(-0f, 0f);
  private static final ValueRange LARGEST = new ValueRange(-Float.MAX_VALUE, Float.MAX_VALUE);

  private static final QuantizationSpec INT8 = QuantizationSpec.INT8_ACTIVATION;
  private static final QuantizationSpec UINT8 = QuantizationSpec.UINT8_ACTIVATION;

  @Test
  void tensorRtDividesByTheLargestCodeWithEveryRangeOfCodes() {
    assertThat(scale(QuantizationProfile.TENSORRT, RANGE, INT8)).isEqualTo(3f / 127);
    assertThat(scale(QuantizationProfile.TENSORRT, RANGE, QuantizationSpec.INT8_WEIGHT))
        .isEqualTo(3f / 127);
    assertThat(scale(QuantizationProfile.TENSORRT, RANGE, INT8.withCodeRange(CodeRange.REDUCED)))
        .isEqualTo(3f / 63);
    assertThat(scale(QuantizationProfile.TENSORRT, RANGE, INT8.withType(QuantizedType.INT4)))
        .isEqualTo(3f / 7);
    assertThat(scale(QuantizationProfile.TENSORRT, RANGE, INT8.withType(QuantizedType.INT32)))
        .isEqualTo(3f / 0x1p31f);
  }

  @Test
  void tensorRtOfSymmetricUnsignedCodesIsAboutTheMiddleOne() {
    QuantizationSpec symmetric = UINT8.withScheme(QuantizationScheme.SYMMETRIC);

    assertThat(QuantizationProfile.TENSORRT.parameters(RANGE, symmetric))
        .isEqualTo(QuantizationParameters.perTensor(3f / 127, 128));
    assertThat(
            QuantizationProfile.TENSORRT.parameters(
                RANGE, symmetric.withCodeRange(CodeRange.REDUCED)))
        .isEqualTo(QuantizationParameters.perTensor(3f / 63, 64));
  }

  @Test
  void tensorRtOfAsymmetricCodesFillsThem() {
    assertThat(QuantizationProfile.TENSORRT.parameters(RANGE, UINT8))
        .isEqualTo(QuantizationParameters.perTensor(4f / 255, 64));
    assertThat(QuantizationProfile.TENSORRT.parameters(new ValueRange(1, 3), UINT8))
        .isEqualTo(QuantizationParameters.perTensor(3f / 255, 0));
    assertThat(QuantizationProfile.TENSORRT.parameters(new ValueRange(-3, -1), UINT8))
        .isEqualTo(QuantizationParameters.perTensor(3f / 255, 255));
  }

  @Test
  void tensorRtOfZeroIsOne() {
    assertThat(QuantizationProfile.TENSORRT.parameters(ZERO, INT8))
        .isEqualTo(QuantizationParameters.perTensor(1f, 0));
    assertThat(QuantizationProfile.TENSORRT.parameters(ZERO, UINT8))
        .isEqualTo(QuantizationParameters.perTensor(1f, 0));
  }

  @Test
  void tensorRtOfSubnormalScaleIsTheSmallestNormalOne() {
    ValueRange tiny = new ValueRange(-Float.MIN_VALUE, Float.MIN_NORMAL);

    assertThat(scale(QuantizationProfile.TENSORRT, tiny, INT8)).isEqualTo(Float.MIN_NORMAL);
    assertThat(scale(QuantizationProfile.TENSORRT, tiny, UINT8)).isEqualTo(Float.MIN_NORMAL);
  }

  @Test
  void tensorRtOfZeroChannelTakesTheSmallestOtherScale() {
    QuantizationParameters parameters =
        QuantizationProfile.TENSORRT.parameters(
            List.of(ZERO, new ValueRange(-2.55f, 0), new ValueRange(0, 255)),
            UINT8.withGranularity(Granularity.perAxis(0)));

    assertThat(parameters)
        .isEqualTo(
            QuantizationParameters.perAxis(
                0, new float[] {2.55f / 255, 2.55f / 255, 1}, new int[] {0, 255, 0}));
    assertThat(
            QuantizationProfile.TENSORRT
                .parameters(List.of(ZERO, ZERO), QuantizationSpec.int8Weight(0))
                .scales())
        .containsExactly(1f, 1f);
  }

  @Test
  void onnxRuntimeCodesDependOnTheScheme() {
    QuantizationProfile profile = QuantizationProfile.ONNXRUNTIME;
    QuantizationSpec int16 = INT8.withType(QuantizedType.INT16);

    assertThat(profile.limits(INT8)).isEqualTo(new CodeLimits(-127, 127));
    assertThat(profile.limits(INT8.withScheme(QuantizationScheme.ASYMMETRIC)))
        .isEqualTo(new CodeLimits(-128, 127));
    assertThat(profile.limits(INT8.withCodeRange(CodeRange.REDUCED)))
        .isEqualTo(new CodeLimits(-64, 64));
    assertThat(profile.limits(int16)).isEqualTo(new CodeLimits(-32767, 32767));
    assertThat(profile.limits(int16.withCodeRange(CodeRange.REDUCED)))
        .isEqualTo(new CodeLimits(-16384, 16384));
    assertThat(profile.limits(INT8.withType(QuantizedType.INT4))).isEqualTo(new CodeLimits(-8, 7));
    assertThat(profile.limits(UINT8.withCodeRange(CodeRange.REDUCED)))
        .isEqualTo(new CodeLimits(0, 127));
  }

  @ParameterizedTest
  @EnumSource(
      value = QuantizationProfile.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "ONNXRUNTIME")
  void otherProfilesUseTheCodesOfTheSpec(QuantizationProfile profile) {
    assertThat(profile.limits(INT8)).isEqualTo(INT8.limits());
    assertThat(profile.limits(QuantizationSpec.INT8_WEIGHT))
        .isEqualTo(QuantizationSpec.INT8_WEIGHT.limits());
  }

  @Test
  void zeroTensorsFollowTheirProfile() {
    assertThat(scale(QuantizationProfile.TORCH, ZERO, INT8)).isEqualTo(0x1p-23f);
    assertThat(scale(QuantizationProfile.ONNXRUNTIME, ZERO, INT8)).isEqualTo(1f);
    assertThat(scale(QuantizationProfile.MODELOPT, ZERO, INT8)).isEqualTo(1f);
    assertThat(scale(QuantizationProfile.PPQ, ZERO, INT8)).isEqualTo(1e-8f);
  }

  @Test
  void ppqRoundsTheWidthOfChannelsOnly() {
    ValueRange range = new ValueRange(-1, 3.3333333e-4f);
    float perTensor = QuantizationProfile.PPQ.parameters(range, UINT8).scale(0);
    float perAxis =
        QuantizationProfile.PPQ
            .parameters(List.of(range), UINT8.withGranularity(Granularity.perAxis(0)))
            .scale(0);

    assertThat(perTensor).isEqualTo((float) ((1 + (double) 3.3333333e-4f) / 255));
    assertThat(perAxis)
        .isEqualTo((float) ((double) (1 + 3.3333333e-4f) / 255))
        .isNotEqualTo(perTensor);
  }

  @Test
  void parametersOfBlocksAreThoseOfTheirRanges() {
    assertThat(
            QuantizationProfile.MODELOPT.parameters(
                List.of(new ValueRange(-7, 1), new ValueRange(0, 14)),
                QuantizationSpec.int4Weight(1, 32)))
        .isEqualTo(QuantizationParameters.perBlock(1, 32, new float[] {1, 2}, new int[2]));
  }

  @ParameterizedTest
  @EnumSource(QuantizationProfile.class)
  void zeroPointsOfRandomRangesAreCodesAndRangesAreCovered(QuantizationProfile profile) {
    for (long seed = 0; seed < 200; seed++) {
      float[] ends = SeededFloats.of(seed).finite(2);
      ValueRange range =
          new ValueRange(Math.min(ends[0], ends[1]), Math.max(Math.max(ends[0], ends[1]), 1e-3f));
      QuantizationSpec spec = profile == QuantizationProfile.MODELOPT ? INT8 : UINT8;
      CodeLimits limits = profile.limits(spec);
      QuantizationParameters parameters = profile.parameters(range, spec);
      double scale = parameters.scale(0);
      int zeroPoint = parameters.zeroPoint(0);

      assertThat(limits.contains(zeroPoint)).as("seed %d", seed).isTrue();
      assertThat((limits.maximum() - zeroPoint) * scale)
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(range.maximum() - 0.501 * scale);
      assertThat((limits.minimum() - zeroPoint) * scale)
          .as("seed %d", seed)
          .isLessThanOrEqualTo(range.minimum() + 0.501 * scale);
    }
  }

  @Test
  void rangeTooWideForFloatIsRefusedWhereThePeerOverflows() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizationProfile.TORCH.parameters(LARGEST, UINT8))
        .withMessage("scale 0 is Infinity, expected a finite number above 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizationProfile.ONNXRUNTIME.parameters(LARGEST, INT8));
    assertThat(scale(QuantizationProfile.TENSORRT, LARGEST, UINT8))
        .isEqualTo((float) (2.0 * Float.MAX_VALUE / 255));
    assertThat(scale(QuantizationProfile.PPQ, LARGEST, UINT8))
        .isEqualTo((float) (2.0 * Float.MAX_VALUE / 255));
  }

  @Test
  void combinationThatAPeerLacksIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizationProfile.MODELOPT.parameters(RANGE, UINT8))
        .withMessage(
            "profile MODELOPT cannot express FULL ASYMMETRIC UINT8 codes: it knows no zero point"
                + " but 0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                QuantizationProfile.MODELOPT.parameters(
                    RANGE, UINT8.withScheme(QuantizationScheme.SYMMETRIC)))
        .withMessageEndingWith("the range begins at -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                QuantizationProfile.PPQ.parameters(
                    List.of(RANGE), INT8.withScheme(QuantizationScheme.ASYMMETRIC)))
        .withMessageEndingWith("its zero point is counted from code 0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                QuantizationProfile.TORCH.parameters(
                    RANGE, INT8.withType(QuantizedType.UINT16).withCodeRange(CodeRange.REDUCED)))
        .withMessageEndingWith("its zero point 32768 is no code");
  }

  @Test
  void parametersOfNoRangeOrPerTensorAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                QuantizationProfile.TENSORRT.parameters(List.of(), QuantizationSpec.int8Weight(0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizationProfile.TENSORRT.parameters(List.of(RANGE), INT8))
        .withMessage(
            "found 1 ranges with granularity per tensor, expected at least one range and a"
                + " granularity per axis or per block");
  }

  private static float scale(QuantizationProfile profile, ValueRange range, QuantizationSpec spec) {
    return profile.parameters(range, spec).scale(0);
  }
}
