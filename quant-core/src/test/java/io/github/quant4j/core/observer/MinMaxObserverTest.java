/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.table.TensorStatistics;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MinMaxObserverTest extends RestorableObserverContract<MinMaxObserver> {

  @Override
  MinMaxObserver create() {
    return MinMaxObserver.create();
  }

  @Override
  MinMaxObserver combine(MinMaxObserver one, MinMaxObserver other) {
    return one.combine(other);
  }

  @Override
  List<Optional<ValueRange>> ranges(MinMaxObserver observer) {
    return List.of(observer.range());
  }

  @Override
  List<Optional<NaiveRange>> reference(List<Samples> batches) {
    return List.of(NaiveRange.of(batches.stream().map(Samples::values).toList()));
  }

  @Override
  MinMaxObserver restore(MinMaxObserver observer) {
    return observer
        .range()
        .map(
            range ->
                MinMaxObserver.of(
                    new TensorStatistics(
                        range.minimum(),
                        range.maximum(),
                        observer.count(),
                        observer.nonFiniteCount())))
        .orElseGet(() -> MinMaxObserver.of(observer.nonFiniteCount()));
  }

  @Test
  void ofNonFiniteCountHasNoRange() {
    MinMaxObserver observer = MinMaxObserver.of(3);

    assertThat(observer.range()).isEmpty();
    assertThat(observer.nonFiniteCount()).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MinMaxObserver.of(-1))
        .withMessage("nonFiniteCount is -1, expected 0 or more");
  }

  @Test
  void ofStatisticsKeepsTheSignsOfZeros() {
    MinMaxObserver negative = MinMaxObserver.of(new TensorStatistics(-0f, -0f, 1, 0));
    assertThat(negative.range()).contains(new ValueRange(-0f, -0f));
    negative.observe(FloatBuffer.wrap(new float[] {0f}));

    assertThat(negative.range()).contains(new ValueRange(-0f, 0f));
  }

  @Test
  void rangeOfOneValueIsThatValue() {
    assertThat(observe(-2.5f).range()).contains(new ValueRange(-2.5f, -2.5f));
  }

  @Test
  void rangeKeepsNegativeOnlyAndPositiveOnlyValuesApartFromZero() {
    assertThat(observe(-3f, -1f).range()).contains(new ValueRange(-3f, -1f));
    assertThat(observe(1f, 3f).range()).contains(new ValueRange(1f, 3f));
  }

  @Test
  void observeCountsNonFiniteValuesApart() {
    MinMaxObserver observer =
        observe(Float.NaN, 1f, Float.POSITIVE_INFINITY, -2f, Float.NEGATIVE_INFINITY);

    assertThat(observer.range()).contains(new ValueRange(-2f, 1f));
    assertThat(observer.count()).isEqualTo(2);
    assertThat(observer.nonFiniteCount()).isEqualTo(3);
  }

  @Test
  void rangeHoldsExtremeAndSubnormalValues() {
    assertThat(observe(-Float.MAX_VALUE, Float.MAX_VALUE).range())
        .contains(new ValueRange(-Float.MAX_VALUE, Float.MAX_VALUE));
    assertThat(observe(Float.MIN_VALUE, 2 * Float.MIN_VALUE).range())
        .contains(new ValueRange(Float.MIN_VALUE, 2 * Float.MIN_VALUE));
  }

  @Test
  void rangeOrdersZerosAlikeInEveryOrder() {
    ValueRange expected = new ValueRange(-0f, 0f); // records compare floats by their bits

    assertThat(observe(-0f, 0f).range()).contains(expected);
    assertThat(observe(0f, -0f).range()).contains(expected);
    assertThat(observe(0f).combine(observe(-0f)).range()).contains(expected);
  }

  @Test
  void observeReadsOnlyWhatRemains() {
    FloatBuffer values = FloatBuffer.wrap(new float[] {9f, 1f, 2f, -9f}).position(1).limit(3);
    MinMaxObserver observer = MinMaxObserver.create();
    observer.observe(values);

    assertThat(observer.range()).contains(new ValueRange(1f, 2f));
  }

  private static MinMaxObserver observe(float... values) {
    MinMaxObserver observer = MinMaxObserver.create();
    observer.observe(FloatBuffer.wrap(values));
    return observer;
  }
}
