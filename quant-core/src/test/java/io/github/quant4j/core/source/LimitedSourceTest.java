/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static io.github.quant4j.core.source.CountingSource.samples;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitedSourceTest {

  @Test
  void nextCutsTheLastBatchAndReadsNoOther() throws IOException {
    CountingSource counting = new CountingSource(100, 3);
    CalibrationSource source = counting.limited(5);

    assertThat(CountingSource.sizes(source)).containsExactly(3L, 2L);
    assertThat(source.next()).isEmpty();
    assertThat(counting.readCount).isEqualTo(6);
    assertThat(source.sampleCount()).hasValue(5);
  }

  @Test
  void limitOfZeroReadsNothing() throws IOException {
    CountingSource counting = new CountingSource(100, 3);

    assertThat(counting.limited(0).next()).isEmpty();
    assertThat(counting.readCount).isZero();
    assertThat(CalibrationSource.of(List.<TensorBatch>of().iterator()).limited(0).sampleCount())
        .hasValue(0);
  }

  @Test
  void skipCountsTowardsTheLimit() throws IOException {
    CalibrationSource source = new CountingSource(100, 3).skipping().limited(5);

    assertThat(source.skip(4)).isEqualTo(4);
    assertThat(samples(source)).containsExactly(4);
    assertThat(source.skip(4)).isZero();
  }

  @Test
  void limitBelowZeroIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CountingSource(1, 1).limited(-1))
        .withMessage("sampleCount is -1, expected 0 or more");
  }
}
