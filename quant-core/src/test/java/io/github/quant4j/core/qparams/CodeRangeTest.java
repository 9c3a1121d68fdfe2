/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CodeRangeTest {

  @Test
  void narrowOfSignedTypesIsSymmetric() {
    assertThat(CodeRange.NARROW.limits(QuantizedType.INT4)).isEqualTo(new CodeLimits(-7, 7));
    assertThat(CodeRange.NARROW.limits(QuantizedType.INT8)).isEqualTo(new CodeLimits(-127, 127));
    assertThat(CodeRange.NARROW.limits(QuantizedType.INT32))
        .isEqualTo(new CodeLimits(-Integer.MAX_VALUE, Integer.MAX_VALUE));
  }

  @Test
  void narrowOfUnsignedTypesIsFull() {
    assertThat(CodeRange.NARROW.limits(QuantizedType.UINT8)).isEqualTo(new CodeLimits(0, 255));
  }

  @Test
  void reducedHasOneBitLess() {
    assertThat(CodeRange.REDUCED.limits(QuantizedType.INT4)).isEqualTo(new CodeLimits(-4, 3));
    assertThat(CodeRange.REDUCED.limits(QuantizedType.INT8)).isEqualTo(new CodeLimits(-64, 63));
    assertThat(CodeRange.REDUCED.limits(QuantizedType.UINT8)).isEqualTo(new CodeLimits(0, 127));
    assertThat(CodeRange.REDUCED.limits(QuantizedType.INT32))
        .isEqualTo(new CodeLimits(-1 << 30, (1 << 30) - 1));
  }
}
