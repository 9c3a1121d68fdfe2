/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class QuantizationSpecTest {

  @Test
  void namedSpecsHaveTheirCodes() {
    assertThat(QuantizationSpec.INT8_ACTIVATION.limits()).isEqualTo(new CodeLimits(-128, 127));
    assertThat(QuantizationSpec.UINT8_ACTIVATION.limits()).isEqualTo(new CodeLimits(0, 255));
    assertThat(QuantizationSpec.INT8_WEIGHT.limits()).isEqualTo(new CodeLimits(-127, 127));
    assertThat(QuantizationSpec.int4Weight(0, 128).limits()).isEqualTo(new CodeLimits(-8, 7));
  }

  @Test
  void namedSpecsHaveTheirSchemeAndGranularity() {
    assertThat(QuantizationSpec.INT8_ACTIVATION.isSymmetric()).isTrue();
    assertThat(QuantizationSpec.UINT8_ACTIVATION.isSymmetric()).isFalse();
    assertThat(QuantizationSpec.INT8_WEIGHT.granularity()).isEqualTo(Granularity.perTensor());
    assertThat(QuantizationSpec.int8Weight(1).granularity()).isEqualTo(Granularity.perAxis(1));
    assertThat(QuantizationSpec.int4Weight(0, 128).granularity())
        .isEqualTo(Granularity.perBlock(0, 128));
  }

  @Test
  void changedCopiesDifferInOnePart() {
    QuantizationSpec spec =
        QuantizationSpec.INT8_ACTIVATION
            .withType(QuantizedType.INT16)
            .withScheme(QuantizationScheme.ASYMMETRIC)
            .withGranularity(Granularity.perAxis(2))
            .withCodeRange(CodeRange.REDUCED);

    assertThat(spec)
        .isEqualTo(
            new QuantizationSpec(
                QuantizedType.INT16,
                QuantizationScheme.ASYMMETRIC,
                Granularity.perAxis(2),
                CodeRange.REDUCED));
    assertThat(spec.quantMin()).isEqualTo(-16384);
    assertThat(spec.quantMax()).isEqualTo(16383);
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void missingPartIsRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> QuantizationSpec.INT8_ACTIVATION.withType(null))
        .withMessage("type");
  }
}
