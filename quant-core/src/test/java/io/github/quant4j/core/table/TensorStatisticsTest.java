/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.observer.ValueRange;
import org.junit.jupiter.api.Test;

class TensorStatisticsTest {

  @Test
  void rangeHoldsMinimumAndMaximum() {
    assertThat(new TensorStatistics(-1f, 2f, 10, 0).range()).isEqualTo(new ValueRange(-1f, 2f));
  }

  @Test
  void constructorWithoutFiniteRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorStatistics(Float.NaN, 2f, 10, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorStatistics(0f, Float.POSITIVE_INFINITY, 10, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorStatistics(2f, 1f, 10, 0))
        .withMessage("range is [2.0, 1.0], expected finite ends with minimum <= maximum");
  }

  @Test
  void constructorWithImpossibleCountsIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorStatistics(0f, 1f, 0, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorStatistics(0f, 1f, 1, -1))
        .withMessage("found 1 finite and -1 other values, expected at least 1 and 0");
  }
}
