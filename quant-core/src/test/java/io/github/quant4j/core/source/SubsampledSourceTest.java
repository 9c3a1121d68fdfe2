/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static io.github.quant4j.core.source.CountingSource.samples;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubsampledSourceTest {

  /*
   * Algorithm S in Python 3 with a SplitMix64 of its own, b(n) = its 63 upper bits below n:
   * [i for i in range(20) if k and b(20 - i) < k and (k := k - 1) >= 0], k = 6 and seed 7 before.
   */
  @Test
  void nextGivesTheSubsetOfTheSeed() throws IOException {
    assertThat(samples(new CountingSource(20, 8).subsampled(6, 7)))
        .containsExactly(0, 10, 14, 15, 18, 19);
  }

  @Test
  void nextMakesEverySubsetEquallyLikely() throws IOException {
    int seeds = 40_000;
    Map<List<Integer>, Integer> counts = new HashMap<>();
    for (long seed = 0; seed < seeds; seed++) {
      counts.merge(samples(new CountingSource(6, 4).subsampled(3, seed)), 1, Integer::sum);
    }

    // 20 subsets of probability 0.05: a standard deviation is 43.6, five of them are allowed.
    assertThat(counts).hasSize(20);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(1782, 2218));
  }

  @Test
  void nextOfMoreThanThereIsGivesAllBatchesAsTheyAre() throws IOException {
    CalibrationSource source = new CountingSource(10, 4).subsampled(11, 1);
    assertThat(CountingSource.sizes(source)).containsExactly(4L, 4L, 2L);
    source.rewind();

    assertThat(samples(source)).isEqualTo(IntStream.range(0, 10).boxed().toList());
    assertThat(source.sampleCount()).hasValue(10);
  }

  @Test
  void nextSkipsGapsWhereTheSourceCan() throws IOException {
    CountingSource skipping = new CountingSource(1_000_000, 2).skipping();
    List<Integer> thin = samples(skipping.subsampled(10, 5));

    assertThat(thin)
        .hasSize(10)
        .isEqualTo(samples(new CountingSource(1_000_000, 2).subsampled(10, 5)));
    assertThat(skipping.readCount).isLessThanOrEqualTo(20);
  }

  @Test
  void subsetOfNoneReadsNothing() throws IOException {
    CountingSource counting = new CountingSource(10, 2);

    assertThat(counting.subsampled(0, 1).next()).isEmpty();
    assertThat(counting.readCount).isZero();
  }

  @Test
  void sourceShorterThanItSaidIsReported() {
    CalibrationSource source = new CountingSource(10, 4).tellingTooMany().subsampled(11, 1);

    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> samples(source))
        .withMessage(
            "the source ended with sample 10 in batch 3, expected 11 samples as it said before");
  }

  @Test
  void sourceOfUnknownCountIsRefused() {
    CalibrationSource source = CalibrationSource.of(List.<TensorBatch>of().iterator());

    assertThatThrownBy(() -> source.subsampled(5, 1))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "source does not know its sample count, expected one to draw a subset of;"
                + " use limited(5) to take the first ones");
  }

  @Test
  void countBelowZeroIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CountingSource(1, 1).subsampled(-1, 0))
        .withMessage("sampleCount is -1, expected 0 or more");
  }
}
