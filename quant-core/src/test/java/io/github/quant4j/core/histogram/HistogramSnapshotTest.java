/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quant4j.core.SeededFloats;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramSnapshotTest {

  private static final long[] NONE = {};

  @Test
  void ofPartsOfSnapshotIsThatSnapshot() {
    for (long seed = 0; seed < 50; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      float[] values = floats.withNonFinite(floats.between(0, 500));
      HistogramSnapshot expected = snapshot(values);
      HistogramSnapshot actual =
          HistogramSnapshot.of(
              expected.positive(),
              expected.negative(),
              expected.isEmpty() ? 0f : expected.minimum(),
              expected.isEmpty() ? 0f : expected.maximum(),
              expected.nonFiniteCount());

      assertThat(actual).as("seed %d", seed).isEqualTo(expected).hasSameHashCodeAs(expected);
      assertThat(actual.exponent()).as("seed %d", seed).isEqualTo(expected.exponent());
    }
  }

  @Test
  void ofNoCountIsEmptyWhateverTheExtremes() {
    HistogramSnapshot empty = HistogramSnapshot.of(new long[7], NONE, Float.NaN, -3f, 2);

    assertThat(empty).isEqualTo(snapshot(Float.NaN, Float.NaN));
    assertThat(empty.isEmpty()).isTrue();
    assertThat(empty.absoluteMaximum()).isEqualTo(0f);
    assertThatIllegalStateException()
        .isThrownBy(empty::minimum)
        .withMessage("histogram has no finite value, check isEmpty() first");
    assertThatIllegalStateException().isThrownBy(empty::maximum);
  }

  @Test
  void ofAllSignsChecksTheOutermostBins() {
    assertThat(HistogramSnapshot.of(NONE, counts(2048, 1), -1f, -1f, 0)).isEqualTo(snapshot(-1f));
    assertThat(HistogramSnapshot.of(counts(2048, 1), NONE, 1f, 1f, 0)).isEqualTo(snapshot(1f));
    assertThat(HistogramSnapshot.of(counts(0, 1), NONE, -0f, -0f, 0)).isEqualTo(snapshot(-0f));
  }

  @Test
  void ofExtremesInOtherBinsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(2048, 1), NONE, 0.5f, 1f, 0))
        .withMessage(
            "minimum is 0.5 in positive bin 1024,"
                + " expected a value of the outermost bin with a count, positive bin 2048");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(2048, 1), NONE, 0f, 1f, 0))
        .withMessageStartingWith("minimum is 0.0 in positive bin 0, expected");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(NONE, counts(2048, 1), -1f, -0.5f, 0))
        .withMessage(
            "maximum is -0.5 in negative bin 1024,"
                + " expected a value of the outermost bin with a count, negative bin 2048");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(2048, 1), counts(7, 1), 1f, 1f, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(2048, 1), NONE, -1f, 1f, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(2047, 1), NONE, 1f, 1f, 0));
  }

  @Test
  void ofExtremesThatAreNoRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(0, 1), NONE, 1f, 0f, 0))
        .withMessage("extremes are 1.0 and 0.0, expected finite values with minimum <= maximum");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(0, 1), NONE, Float.NaN, 0f, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(0, 1), NONE, 0f, Float.POSITIVE_INFINITY, 0));
  }

  @Test
  void ofBadCountsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(counts(3, -1), NONE, 0f, 0f, 0))
        .withMessage("positive[3] is -1, expected 0 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(NONE, NONE, 0f, 0f, -2))
        .withMessage("nonFiniteCount is -2, expected 0 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistogramSnapshot.of(NONE, new long[4097], 0f, 0f, 0))
        .withMessage("negative has 4097 bins, expected at most 4096");
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () -> HistogramSnapshot.of(counts(2048, Long.MAX_VALUE), counts(2048, 1), -1f, 1f, 0));
  }

  @Test
  void combineOfShardsInAnyOrderAndGroupingIsTheSnapshotOfAll() {
    for (long seed = 0; seed < 300; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      List<HistogramSnapshot> shards = new ArrayList<>();
      StreamingHistogram all = StreamingHistogram.create();
      for (int i = floats.between(1, 7); i > 0; i--) {
        float[] shard = shard(floats);
        shards.add(snapshot(shard));
        all.observe(FloatBuffer.wrap(shard));
      }
      while (shards.size() > 1) {
        HistogramSnapshot one = shards.remove(floats.between(0, shards.size() - 1));
        HistogramSnapshot other = shards.remove(floats.between(0, shards.size() - 1));
        shards.add(one.combine(other));
      }

      assertThat(shards.get(0)).as("seed %d", seed).isEqualTo(all.snapshot());
      assertThat(shards.get(0).exponent()).as("seed %d", seed).isEqualTo(all.snapshot().exponent());
      assertThat(shards.get(0).count()).as("seed %d", seed).isEqualTo(all.count());
    }
  }

  @Test
  void combineOfZerosKeepsTheirSigns() {
    assertThat(snapshot(0f).combine(snapshot(-0f)))
        .isEqualTo(snapshot(-0f, 0f))
        .isNotEqualTo(snapshot(0f, 0f));
    assertThat(snapshot().combine(snapshot(-0f))).isEqualTo(snapshot(-0f));
  }

  @Test
  void combineOfMoreThanALongHoldsIsRefused() {
    HistogramSnapshot full =
        HistogramSnapshot.of(counts(2048, Long.MAX_VALUE), NONE, 1f, 1f, Long.MAX_VALUE);

    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> full.combine(snapshot(1f)));
    assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> full.combine(full));
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> full.combine(snapshot(Float.NaN)));
  }

  @Test
  void histogramOfSnapshotGoesOnAsIfItHadNeverStopped() {
    for (long seed = 0; seed < 200; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      StreamingHistogram whole = StreamingHistogram.create();
      StreamingHistogram resumed = StreamingHistogram.create();
      for (int i = 0; i < 4; i++) {
        float[] shard = shard(floats);
        resumed = StreamingHistogram.of(resumed.snapshot());
        resumed.observe(FloatBuffer.wrap(shard));
        whole.observe(FloatBuffer.wrap(shard));
      }

      assertThat(resumed.snapshot()).as("seed %d", seed).isEqualTo(whole.snapshot());
      assertThat(resumed.count()).as("seed %d", seed).isEqualTo(whole.count());
    }
  }

  @Test
  void magnitudesIsTheSumOfBothSigns() {
    HistogramSnapshot snapshot = snapshot(-1f, 1f, 1f, -3f, 0.5f);

    assertThat(snapshot.magnitudes())
        .isEqualTo(snapshot(1f, 1f, 1f, 3f, 0.5f).positive())
        .hasSize(3073);
    assertThat(snapshot.positive()).hasSize(1025);
    assertThat(snapshot.absoluteMaximum()).isEqualTo(3f);
  }

  @Test
  void countsAreCopies() {
    long[] counts = counts(2048, 1);
    HistogramSnapshot snapshot = HistogramSnapshot.of(counts, NONE, 1f, 1f, 0);
    counts[2048] = 9;
    Arrays.fill(snapshot.positive(), 9);
    Arrays.fill(snapshot.negative(), 9);
    Arrays.fill(snapshot.magnitudes(), 9);

    assertThat(snapshot).isEqualTo(snapshot(1f));
  }

  @Test
  void equalsTellsEveryPartApart() {
    HistogramSnapshot one = snapshot(-2f, 1f);

    assertThat(one)
        .isEqualTo(snapshot(1f, -2f))
        .isNotEqualTo(snapshot(-2f, 1f, Float.NaN))
        .isNotEqualTo(snapshot(-2f, 1f, 1f))
        .isNotEqualTo(snapshot(-2f, 1f, -1f))
        .isNotEqualTo(snapshot(-2f, Math.nextUp(1f)))
        .isNotEqualTo(snapshot(Math.nextDown(-2f), 1f))
        .isNotEqualTo("histogram");
    assertThat(snapshot(0f)).isNotEqualTo(snapshot(-0f)).isNotEqualTo(snapshot(0f, -0f));
    assertThat(one.hashCode()).isNotEqualTo(snapshot(-2f, 1f, Float.NaN).hashCode());
  }

  @Test
  void toStringTellsCountsAndRange() {
    assertThat(snapshot(-2f, 1f, Float.NaN))
        .hasToString("histogram of 2 values from -2.0 to 1.0 in bins of 2^-10, 1 not finite");
    assertThat(snapshot()).hasToString("histogram of 0 values, 0 not finite");
  }

  @Test
  void binWidthIsThePowerOfTwoOfTheExponent() {
    HistogramSnapshot snapshot = snapshot(3f);

    assertThat(snapshot.exponent()).isEqualTo(-10);
    assertThat(snapshot.binWidth()).isEqualTo(0x1p-10);
    assertThat(HistogramSnapshot.BIN_COUNT).isEqualTo(4096);
  }

  private static HistogramSnapshot snapshot(float... values) {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(values));
    return histogram.snapshot();
  }

  /** Returns no value, zeros, subnormal values, values of one magnitude, or of any. */
  private static float[] shard(SeededFloats floats) {
    return switch (floats.between(0, 5)) {
      case 0 -> new float[0];
      case 1 -> new float[] {0f, -0f, Float.NaN};
      case 2 -> new float[] {floats.between(-9, 9) * Float.MIN_VALUE, Float.MAX_VALUE, -0f};
      case 3 -> new float[] {floats.between(-9, 9) * Float.MIN_VALUE, Float.NEGATIVE_INFINITY};
      case 4 -> floats.withNonFinite(floats.between(1, 200));
      default -> floats.anyBits(floats.between(1, 200));
    };
  }

  private static long[] counts(int bin, long count) {
    long[] counts = new long[bin + 1];
    counts[bin] = count;
    return counts;
  }
}
