/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.SeededFloats;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class MinMaxObserverTest {

  @Test
  void rangeOfNothingIsEmpty() {
    MinMaxObserver observer = observe();

    assertThat(observer.range()).isEmpty();
    assertThat(observer.count()).isZero();
    assertThat(observer.nonFiniteCount()).isZero();
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
  void rangeOfNonFiniteValuesOnlyIsEmpty() {
    MinMaxObserver observer = observe(Float.NaN, Float.POSITIVE_INFINITY);

    assertThat(observer.range()).isEmpty();
    assertThat(observer.nonFiniteCount()).isEqualTo(2);
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
  void observeLeavesTheBufferWhereItWas() {
    FloatBuffer values = SeededFloats.offset(1f, 2f, 3f);
    MinMaxObserver.create().observe(values);

    assertThat(values.position()).isEqualTo(1);
    assertThat(values.remaining()).isEqualTo(3);
  }

  @Test
  void observeReadsOnlyWhatRemains() {
    FloatBuffer values = FloatBuffer.wrap(new float[] {9f, 1f, 2f, -9f}).position(1).limit(3);
    MinMaxObserver observer = MinMaxObserver.create();
    observer.observe(values);

    assertThat(observer.range()).contains(new ValueRange(1f, 2f));
  }

  @Test
  void observeReadsEveryKindOfBufferAlike() {
    for (long seed = 0; seed < 50; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] values = floats.withNonFinite(floats.between(0, 20_000));
      MinMaxObserver heap = observe(values);
      MinMaxObserver direct = MinMaxObserver.create();
      direct.observe(SeededFloats.direct(values));
      MinMaxObserver readOnly = MinMaxObserver.create();
      readOnly.observe(SeededFloats.offset(values).asReadOnlyBuffer());

      assertSame(direct, heap, seed);
      assertSame(readOnly, heap, seed);
    }
  }

  @Test
  void observeOfRandomValuesIsThatOfNaiveDoubleReference() {
    for (long seed = 0; seed < 200; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      int length = floats.between(1, 10_000);
      float[] values = seed % 2 == 0 ? floats.finite(length) : floats.withNonFinite(length);
      double minimum = Double.POSITIVE_INFINITY;
      double maximum = Double.NEGATIVE_INFINITY;
      long count = 0;
      for (double value : values) {
        if (Double.isFinite(value)) {
          minimum = Math.min(minimum, value);
          maximum = Math.max(maximum, value);
          count++;
        }
      }
      MinMaxObserver observer = observe(values);

      assertThat(observer.count()).as("seed %d", seed).isEqualTo(count);
      assertThat(observer.nonFiniteCount()).as("seed %d", seed).isEqualTo(length - count);
      if (count > 0) {
        assertThat(observer.range())
            .as("seed %d", seed)
            .contains(new ValueRange((float) minimum, (float) maximum));
      }
    }
  }

  @Test
  void observeInAnyOrderAndSplitGivesTheSame() {
    for (long seed = 0; seed < 100; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] values = floats.withNonFinite(9_000);
      MinMaxObserver whole = observe(values);
      floats.shuffle(values);
      MinMaxObserver parts = MinMaxObserver.create();
      for (int from = 0; from < values.length; ) {
        int to = Math.min(values.length, from + floats.between(0, 5_000));
        parts.observe(FloatBuffer.wrap(values, from, to - from));
        from = to;
      }

      assertSame(parts, whole, seed);
    }
  }

  @Test
  void combineIsCommutativeAndAssociative() {
    for (long seed = 0; seed < 100; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] a = floats.withNonFinite(floats.between(0, 10));
      float[] b = floats.withNonFinite(floats.between(0, 10));
      float[] c = floats.withNonFinite(floats.between(0, 10));

      assertSame(observe(a).combine(observe(b)), observe(b).combine(observe(a)), seed);
      assertSame(
          observe(a).combine(observe(b)).combine(observe(c)),
          observe(a).combine(observe(b).combine(observe(c))),
          seed);
    }
  }

  @Test
  void combineReturnsThisAndLeavesTheOther() {
    MinMaxObserver one = observe(1f);
    MinMaxObserver other = observe(2f, Float.NaN);

    assertThat(one.combine(other)).isSameAs(one);
    assertThat(other.range()).contains(new ValueRange(2f, 2f));
    assertThat(other.nonFiniteCount()).isEqualTo(1);
    assertThat(one.combine(MinMaxObserver.create()).range()).contains(new ValueRange(1f, 2f));
  }

  private static MinMaxObserver observe(float... values) {
    MinMaxObserver observer = MinMaxObserver.create();
    observer.observe(FloatBuffer.wrap(values));
    return observer;
  }

  private static void assertSame(MinMaxObserver actual, MinMaxObserver expected, long seed) {
    assertThat(actual.range()).as("seed %d", seed).isEqualTo(expected.range());
    assertThat(actual.count()).as("seed %d", seed).isEqualTo(expected.count());
    assertThat(actual.nonFiniteCount()).as("seed %d", seed).isEqualTo(expected.nonFiniteCount());
  }
}
