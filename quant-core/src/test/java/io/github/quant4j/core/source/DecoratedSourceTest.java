/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static io.github.quant4j.core.source.CountingSource.samples;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all sources keep to that hand on the samples of another one. */
class DecoratedSourceTest {

  enum Decoration {
    LIMITED,
    BATCHED,
    SUBSAMPLED,
    SHUFFLED,
    ALL;

    CalibrationSource of(CalibrationSource source) {
      return switch (this) {
        case LIMITED -> source.limited(17);
        case BATCHED -> source.batched(4);
        case SUBSAMPLED -> source.subsampled(17, 3);
        case SHUFFLED -> source.shuffled(6, 3);
        case ALL -> source.limited(25).subsampled(17, 3).shuffled(6, 3).batched(4);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void nextOfEmptySourceStaysEmpty(Decoration decoration) throws IOException {
    CalibrationSource source = decoration.of(CalibrationSource.of(List.of()));

    assertThat(source.next()).isEmpty();
    assertThat(source.next()).isEmpty();
    assertThat(source.skip(5)).isZero();
    assertThat(source.sampleCount()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void nextLeavesBatchesWithoutSamplesOut(Decoration decoration) throws IOException {
    List<Integer> dense = samples(decoration.of(new CountingSource(30, 5, 2)));

    assertThat(samples(decoration.of(new CountingSource(30, 0, 5, 0, 0, 2)))).isEqualTo(dense);
    assertThat(CountingSource.sizes(decoration.of(new CountingSource(30, 0, 5, 0, 0, 2))))
        .doesNotContain(0L);
  }

  @ParameterizedTest
  @EnumSource
  void nextGivesSameSamplesHoweverTheyAreBatched(Decoration decoration) throws IOException {
    List<Integer> expected = samples(decoration.of(new CountingSource(30, 1)));

    assertThat(samples(decoration.of(new CountingSource(30, 30)))).isEqualTo(expected);
    assertThat(samples(decoration.of(new CountingSource(30, 7, 3).skipping()))).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void sampleCountIsThatOfTheSamples(Decoration decoration) throws IOException {
    for (int count : new int[] {1, 16, 17, 30}) {
      CalibrationSource source = decoration.of(new CountingSource(count, 5));

      assertThat(source.sampleCount()).as("of %s", count).hasValue(samples(source).size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void rewindInTheMiddleGivesTheSameAgain(Decoration decoration) throws IOException {
    CalibrationSource source = decoration.of(new CountingSource(30, 5, 4));
    List<Integer> all = samples(source);
    source.rewind();
    assertThat(source.next()).isPresent();
    source.rewind();

    assertThat(source.isRewindable()).isTrue();
    assertThat(samples(source)).isEqualTo(all);
  }

  @ParameterizedTest
  @EnumSource(names = {"LIMITED", "BATCHED", "SHUFFLED"})
  void rewindOfSourceReadOnceIsRefused(Decoration decoration) {
    CalibrationSource source =
        decoration.of(CalibrationSource.of(List.<TensorBatch>of().iterator()));

    assertThat(source.isRewindable()).isFalse();
    assertThat(source.sampleCount()).isEmpty();
    assertThatThrownBy(source::rewind).isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @EnumSource
  void skipPassesOverWhatReadingWouldHaveGiven(Decoration decoration) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    List<Integer> all = samples(decoration.of(new CountingSource(30, 4, 3)));
    for (int round = 0; round < 60; round++) {
      CountingSource counting = new CountingSource(30, 4, 3);
      CalibrationSource source =
          decoration.of(random.nextBoolean() ? counting.skipping() : counting);
      int index = random.nextBoolean() ? (int) source.next().orElseThrow().sampleCount() : 0;
      int asked = random.nextInt(20);
      long passed = source.skip(asked);

      assertThat(passed).as("round %s", round).isBetween(0L, (long) asked);
      assertThat(samples(source))
          .as("round %s", round)
          .isEqualTo(all.subList(index + (int) passed, all.size()));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LIMITED", "BATCHED", "SUBSAMPLED"})
  void skipOfSkippingSourceReadsNothing(Decoration decoration) throws IOException {
    CountingSource counting = new CountingSource(30, 4).skipping();

    assertThat(decoration.of(counting).skip(9)).isEqualTo(9);
    assertThat(counting.readCount).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void skipOfNegativeCountIsRefused(Decoration decoration) {
    CalibrationSource source = decoration.of(new CountingSource(1, 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.skip(-1))
        .withMessage("sampleCount is -1, expected 0 or more");
  }

  @ParameterizedTest
  @EnumSource
  void closeClosesTheSourceOnceAndRefusesUse(Decoration decoration) throws IOException {
    CountingSource counting = new CountingSource(30, 5);
    CalibrationSource source = decoration.of(counting);
    assertThat(source.next()).isPresent();
    source.close();
    source.close();

    assertThat(counting.closeCount).isEqualTo(1);
    assertThatIllegalStateException().isThrownBy(source::next).withMessage("source is closed");
    assertThatIllegalStateException().isThrownBy(source::rewind);
    assertThatIllegalStateException().isThrownBy(() -> source.skip(1));
  }

  @ParameterizedTest
  @EnumSource
  void nextHandsOnWhatTheSourceThrows(Decoration decoration) {
    IOException failure = new IOException("disk is gone");
    CalibrationSource failing = new FailingSource(failure);

    assertThatThrownBy(() -> decoration.of(failing).next()).isSameAs(failure);
  }

  @ParameterizedTest
  @EnumSource(names = {"LIMITED", "BATCHED"})
  void nextKeepsTheOrder(Decoration decoration) throws IOException {
    assertThat(samples(decoration.of(new CountingSource(17, 5))))
        .isEqualTo(IntStream.range(0, 17).boxed().toList());
  }
}
