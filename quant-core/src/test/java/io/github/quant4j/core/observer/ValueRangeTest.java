/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ValueRangeTest {

  @Test
  void absoluteMaximumIsTheLargerEnd() {
    assertThat(new ValueRange(-3f, 2f).absoluteMaximum()).isEqualTo(3f);
    assertThat(new ValueRange(1f, 2f).absoluteMaximum()).isEqualTo(2f);
    assertThat(new ValueRange(-0f, 0f).absoluteMaximum()).isEqualTo(0f);
  }

  @Test
  void constructorWithoutFiniteEndsIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ValueRange(Float.NaN, 1f));
    assertThatIllegalArgumentException().isThrownBy(() -> new ValueRange(0f, Float.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ValueRange(Float.NEGATIVE_INFINITY, 0f));
  }

  @Test
  void constructorWithSwappedEndsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ValueRange(1f, 0f))
        .withMessage("range is [1.0, 0.0], expected finite ends with minimum <= maximum");
  }
}
