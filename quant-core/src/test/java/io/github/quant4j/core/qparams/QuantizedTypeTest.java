/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizedTypeTest {

  @Test
  void limitsOfEveryTypeAreThoseOfItsBits() {
    assertThat(QuantizedType.values())
        .extracting(type -> type + " " + CodeRange.FULL.limits(type))
        .containsExactly(
            "INT4 [-8, 7]",
            "UINT4 [0, 15]",
            "INT8 [-128, 127]",
            "UINT8 [0, 255]",
            "INT16 [-32768, 32767]",
            "UINT16 [0, 65535]",
            "INT32 [-2147483648, 2147483647]");
  }

  @ParameterizedTest
  @EnumSource(QuantizedType.class)
  void elementTypeHasTheSameNameAndWidth(QuantizedType type) {
    assertThat(type.elementType().name()).isEqualTo(type.name());
    assertThat(type.elementType().bitWidth()).isEqualTo(type.bits());
  }

  @ParameterizedTest
  @EnumSource(QuantizedType.class)
  void limitsCoverAllCodes(QuantizedType type) {
    assertThat(CodeRange.FULL.limits(type).stepCount()).isEqualTo((1L << type.bits()) - 1);
    assertThat(type.isSigned()).isEqualTo(type.minimum() < 0);
  }
}
