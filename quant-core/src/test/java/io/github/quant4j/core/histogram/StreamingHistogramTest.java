/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.SeededFloats;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamingHistogramTest {

  private static final float TINY = Float.MIN_VALUE;

  @Test
  void snapshotOfNothingIsEmpty() {
    HistogramSnapshot snapshot = observe().snapshot();

    assertThat(snapshot.isEmpty()).isTrue();
    assertThat(snapshot.count()).isZero();
    assertThat(snapshot.nonFiniteCount()).isZero();
    assertThat(snapshot.magnitudes()).isEmpty();
    assertThat(snapshot.exponent()).isEqualTo(-149);
  }

  @Test
  void observeCountsSignsApartInBinsByMagnitude() {
    HistogramSnapshot snapshot = observe(-1f, 0.25f, 3f, -1f).snapshot();

    assertThat(snapshot.binWidth()).isEqualTo(0x1p-10);
    assertThat(snapshot.positive()).hasSize(3073);
    assertThat(snapshot.positive()[256]).isEqualTo(1);
    assertThat(snapshot.positive()[3072]).isEqualTo(1);
    assertThat(snapshot.negative()).hasSize(1025);
    assertThat(snapshot.negative()[1024]).isEqualTo(2);
    assertThat(snapshot.minimum()).isEqualTo(-1f);
    assertThat(snapshot.maximum()).isEqualTo(3f);
    assertThat(snapshot.count()).isEqualTo(4);
  }

  @Test
  void observeOfZerosOnlyFillsPositiveBinZero() {
    HistogramSnapshot snapshot = observe(0f, -0f, 0f).snapshot();

    assertThat(snapshot.positive()).containsExactly(3);
    assertThat(snapshot.negative()).isEmpty();
    assertThat(snapshot.exponent()).isEqualTo(-149);
    assertThat(snapshot.minimum()).isEqualTo(-0f);
    assertThat(snapshot.maximum()).isEqualTo(0f);
    assertThat(snapshot.absoluteMaximum()).isEqualTo(0f);
  }

  @Test
  void observeOfTinyNegativeValueFillsNegativeBinZero() {
    HistogramSnapshot snapshot = observe(-TINY, -0f, 0f, TINY, 1f).snapshot();

    assertThat(snapshot.negative()).containsExactly(1);
    assertThat(snapshot.positive()[0]).isEqualTo(3);
  }

  @Test
  void observeOfSubnormalValuesGivesEachItsBin() {
    HistogramSnapshot snapshot = observe(TINY, 2 * TINY, 2 * TINY, -5 * TINY).snapshot();

    assertThat(snapshot.exponent()).isEqualTo(-149);
    assertThat(snapshot.positive()).containsExactly(0, 1, 2);
    assertThat(snapshot.negative()).containsExactly(0, 0, 0, 0, 0, 1);
  }

  @Test
  void observeOfLargestValuesFillsTheLastBins() {
    HistogramSnapshot snapshot = observe(Float.MAX_VALUE, -Float.MAX_VALUE, TINY).snapshot();

    assertThat(snapshot.exponent()).isEqualTo(116);
    assertThat(snapshot.positive()).hasSize(4096).endsWith(1L);
    assertThat(snapshot.negative()).hasSize(4096).endsWith(1L);
    assertThat(snapshot.positive()[0]).isEqualTo(1);
  }

  @Test
  void observeOfPowerOfTwoWidensWhereTheValueBelowDoesNot() {
    HistogramSnapshot below = observe(Math.nextDown(4f)).snapshot();
    HistogramSnapshot at = observe(4f).snapshot();

    assertThat(below.exponent()).isEqualTo(-10);
    assertThat(below.positive()).hasSize(4096);
    assertThat(at.exponent()).isEqualTo(-9);
    assertThat(at.positive()).hasSize(2049);
  }

  @Test
  void observeOfNonFiniteValuesCountsThemApart() {
    float[] odd = new float[5000];
    Arrays.fill(odd, Float.NaN);
    odd[17] = Float.POSITIVE_INFINITY;
    odd[4999] = Float.NEGATIVE_INFINITY;
    StreamingHistogram histogram = observe(odd);

    assertThat(histogram.snapshot()).isEqualTo(NaiveHistogram.of(odd));
    assertThat(histogram.count()).isZero();
    assertThat(histogram.nonFiniteCount()).isEqualTo(5000);

    odd[4998] = -2f;
    assertThat(observe(odd).snapshot()).isEqualTo(NaiveHistogram.of(odd));
  }

  @Test
  void observeOfOneMagnitudeIsThatOfNaiveReference() {
    for (long seed = 0; seed < 100; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      int length = floats.between(1, 10_000);
      float[] values = seed % 2 == 0 ? floats.finite(length) : floats.withNonFinite(length);

      assertThat(observe(values).snapshot())
          .as("seed %d", seed)
          .isEqualTo(NaiveHistogram.of(values));
    }
  }

  @Test
  void observeOfAllMagnitudesIsThatOfNaiveReference() {
    for (long seed = 0; seed < 200; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] values = floats.anyBits(floats.between(1, 6_000));

      assertThat(observe(values).snapshot())
          .as("seed %d", seed)
          .isEqualTo(NaiveHistogram.of(values));
    }
  }

  @Test
  void observeValueByValueFromTinyToHugeWidensExactly() {
    float[] values = new float[2 * 277];
    for (int i = 0; i < 277; i++) {
      float power = Math.scalb(1f, i - 149);
      values[2 * i] = power;
      values[2 * i + 1] = -Math.nextUp(power);
    }
    StreamingHistogram rising = StreamingHistogram.create();
    StreamingHistogram falling = StreamingHistogram.create();
    for (int i = 0; i < values.length; i++) {
      rising.observe(FloatBuffer.wrap(values, i, 1));
      falling.observe(FloatBuffer.wrap(values, values.length - 1 - i, 1));

      assertThat(rising.snapshot()).isEqualTo(NaiveHistogram.of(Arrays.copyOf(values, i + 1)));
    }
    assertThat(falling.snapshot()).isEqualTo(rising.snapshot());
  }

  @Test
  void observeInAnyOrderAndSplitGivesTheSame() {
    for (long seed = 0; seed < 60; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] values = ofManyMagnitudes(floats, 3_000);
      HistogramSnapshot whole = observe(values).snapshot();
      floats.shuffle(values);
      StreamingHistogram parts = StreamingHistogram.create();
      for (int from = 0; from < values.length; ) {
        int to = Math.min(values.length, from + floats.between(0, 5_000));
        parts.observe(FloatBuffer.wrap(values, from, to - from));
        from = to;
      }

      assertThat(parts.snapshot()).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @Test
  void combineOfShardsInAnyOrderGivesTheSame() {
    for (long seed = 0; seed < 60; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] values = ofManyMagnitudes(floats, 2_000);
      HistogramSnapshot whole = observe(values).snapshot();
      List<StreamingHistogram> shards = new ArrayList<>();
      for (int from = 0; from < values.length; ) {
        int to = Math.min(values.length, from + floats.between(0, 4_000));
        shards.add(observe(Arrays.copyOfRange(values, from, to)));
        from = to;
      }
      Collections.shuffle(shards, new Random(seed));
      StreamingHistogram sum = StreamingHistogram.create();
      shards.forEach(sum::combine);

      assertThat(sum.snapshot()).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @Test
  void combineOfThreadsGivesTheSame() {
    for (long seed = 0; seed < 10; seed++) {
      float[] values = ofManyMagnitudes(SeededFloats.of(seed), 20_000);
      StreamingHistogram parallel =
          IntStream.range(0, 16)
              .parallel()
              .mapToObj(shard -> every16th(values, shard))
              .map(StreamingHistogramTest::observe)
              .reduce(
                  StreamingHistogram.create(),
                  (one, other) -> StreamingHistogram.create().combine(one).combine(other));

      assertThat(parallel.snapshot()).as("seed %d", seed).isEqualTo(observe(values).snapshot());
    }
  }

  @Test
  void combineIsCommutativeWhicheverIsWider() {
    float[] narrow = {1e-30f, -2e-30f, Float.NaN};
    float[] wide = {5f, -7f, 0f};

    assertThat(observe(narrow).combine(observe(wide)).snapshot())
        .isEqualTo(observe(wide).combine(observe(narrow)).snapshot())
        .isEqualTo(NaiveHistogram.of(1e-30f, -2e-30f, Float.NaN, 5f, -7f, 0f));
  }

  @Test
  void combineReturnsThisAndLeavesTheOther() {
    StreamingHistogram one = observe(1f);
    StreamingHistogram other = observe(100f, Float.NaN);
    HistogramSnapshot before = other.snapshot();

    assertThat(one.combine(other)).isSameAs(one);
    assertThat(other.snapshot()).isEqualTo(before);
    assertThat(one.combine(StreamingHistogram.create()).snapshot())
        .isEqualTo(NaiveHistogram.of(1f, 100f, Float.NaN));
  }

  @Test
  void combineWithItselfCountsBeyondTheRangeOfInt() {
    StreamingHistogram histogram = observe(1f, 1f, 1f, -2f, Float.NaN);
    for (int i = 0; i < 40; i++) {
      histogram.combine(histogram);
    }
    HistogramSnapshot snapshot = histogram.snapshot();

    assertThat(snapshot.count()).isEqualTo(histogram.count()).isEqualTo(4L << 40);
    assertThat(snapshot.nonFiniteCount()).isEqualTo(1L << 40);
    assertThat(snapshot.positive()[1024]).isEqualTo(3L << 40);
    assertThat(snapshot.negative()[2048]).isEqualTo(1L << 40);
  }

  @Test
  void observeAfterManyCountsWidensThemExactly() {
    StreamingHistogram histogram = observe(1f, -1.5f);
    for (int i = 0; i < 40; i++) {
      histogram.combine(histogram);
    }
    histogram.observe(FloatBuffer.wrap(new float[] {1024f}));

    assertThat(histogram.snapshot().positive()[2]).isEqualTo(1L << 40);
    assertThat(histogram.snapshot().negative()[3]).isEqualTo(1L << 40);
  }

  @Test
  void snapshotIsLeftAsItIsByLaterValues() {
    StreamingHistogram histogram = observe(1f);
    HistogramSnapshot before = histogram.snapshot();
    histogram.observe(FloatBuffer.wrap(new float[] {1f, 1e9f}));

    assertThat(before).isEqualTo(NaiveHistogram.of(1f));
  }

  @Test
  void observeReadsOnlyWhatRemainsOfEveryKindOfBuffer() {
    float[] values = SeededFloats.of(1).withNonFinite(9_000);
    HistogramSnapshot expected = NaiveHistogram.of(values);
    FloatBuffer heap = SeededFloats.offset(values);
    FloatBuffer direct = SeededFloats.direct(values);

    assertThat(observe(heap).snapshot()).isEqualTo(expected);
    assertThat(observe(heap.asReadOnlyBuffer()).snapshot()).isEqualTo(expected);
    assertThat(observe(direct).snapshot()).isEqualTo(expected);
    assertThat(heap.position()).isEqualTo(1);
    assertThat(direct.remaining()).isEqualTo(9_000);
  }

  private static StreamingHistogram observe(float... values) {
    return observe(FloatBuffer.wrap(values));
  }

  private static StreamingHistogram observe(FloatBuffer values) {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(values);
    return histogram;
  }

  private static float[] ofManyMagnitudes(SeededFloats floats, int length) {
    float[] values = new float[5 * length];
    for (int i = 0; i < 4; i++) {
      System.arraycopy(floats.withNonFinite(length), 0, values, i * length, length);
    }
    System.arraycopy(floats.anyBits(10), 0, values, 4 * length, 10);
    return values;
  }

  private static float[] every16th(float[] values, int first) {
    float[] taken = new float[(values.length - first + 15) / 16];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = values[first + 16 * i];
    }
    return taken;
  }
}
