/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CodeLimitsTest {

  @Test
  void containsHoldsForBothEndsAndNotBeyond() {
    CodeLimits limits = new CodeLimits(-4, 3);

    assertThat(limits.contains(-4)).isTrue();
    assertThat(limits.contains(3)).isTrue();
    assertThat(limits.contains(-5)).isFalse();
    assertThat(limits.contains(4)).isFalse();
  }

  @Test
  void stepCountOfAllIntegersDoesNotOverflow() {
    assertThat(new CodeLimits(Integer.MIN_VALUE, Integer.MAX_VALUE).stepCount())
        .isEqualTo(4294967295L);
  }

  @Test
  void limitsThatDoNotAscendAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CodeLimits(1, 1))
        .withMessage("codes are [1, 1], expected an ascending range");
    assertThatIllegalArgumentException().isThrownBy(() -> new CodeLimits(2, 1));
  }

  @Test
  void toStringIsABracket() {
    assertThat(new CodeLimits(-127, 127)).hasToString("[-127, 127]");
  }
}
