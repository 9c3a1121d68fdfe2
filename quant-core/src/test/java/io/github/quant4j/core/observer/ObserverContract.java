/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What every observer keeps to, against a naive reference in double. */
abstract class ObserverContract<T extends Observer> {

  static final int SEEDS = 60;

  /** Returns an observer that has seen nothing; one per channel observes CHANNEL_AXIS. */
  abstract T create();

  /** Calls {@code one.combine(other)}. */
  abstract T combine(T one, T other);

  /** Returns the ranges of all channels, or of the tensor. */
  abstract List<Optional<ValueRange>> ranges(T observer);

  /** Returns what the ranges must be after the batches. */
  abstract List<Optional<NaiveRange>> reference(List<Samples> batches);

  /**
   * Returns the largest error, relative to the largest magnitude of the data; 0 means same bits.
   */
  double tolerance() {
    return 0;
  }

  /** Returns all that can be seen of an observer. */
  Object state(T observer) {
    return List.of(ranges(observer), observer.count(), observer.nonFiniteCount());
  }

  @Test
  void observeOfNothingHasNoRange() {
    assertThat(ranges(create())).allMatch(Optional::isEmpty);
    assertThat(create().count()).isZero();
    assertThat(create().nonFiniteCount()).isZero();
  }

  @Test
  void observeOfNoElementChangesNothing() {
    T observer = observe(samples(1, SeededFloats::withNonFinite));
    Object before = state(observer);
    observer.observe(FloatBuffer.allocate(0), Shape.of(0, Samples.CHANNEL_COUNT, 4));

    assertThat(state(observer)).isEqualTo(before);
  }

  @Test
  void observeOfOneSampleIsItsRange() {
    for (float value : new float[] {0f, -0f, 2.5f, -Float.MIN_VALUE, Float.MAX_VALUE}) {
      T observer = observe(new Samples(new float[] {value, value, value}, 1));

      assertThat(ranges(observer)).containsOnly(Optional.of(new ValueRange(value, value)));
      assertThat(observer.count()).isEqualTo(3);
    }
  }

  @Test
  void observeOfBatchesIsThatOfNaiveReference() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      Samples samples = samples(seed, seed % 2 == 0 ? SeededFloats::finite : MIXED);
      List<Samples> batches = samples.chunks(floats);
      T observer = observe(batches.toArray(Samples[]::new));

      requireReference(observer, batches, seed);
      long finite = finiteCount(samples.values());
      assertThat(observer.count()).as("seed %d", seed).isEqualTo(finite);
      assertThat(observer.nonFiniteCount())
          .as("seed %d", seed)
          .isEqualTo(samples.values().length - finite);
    }
  }

  @Test
  void observeOfExtremeScalesStaysFinite() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples samples = samples(seed, SeededFloats::anyBits);
      Samples subnormal = new Samples(new float[] {Float.MIN_VALUE, -Float.MIN_VALUE, 0f}, 1);
      Samples largest =
          new Samples(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, -Float.MAX_VALUE}, 1);
      Samples opposite =
          new Samples(new float[] {-Float.MAX_VALUE, Float.MAX_VALUE, Float.MAX_VALUE}, 1);
      List<Samples> batches = List.of(subnormal, samples, largest, opposite);

      requireReference(observe(batches.toArray(Samples[]::new)), batches, seed);
      requireReference(observe(subnormal), List.of(subnormal), seed);
    }
  }

  @Test
  void observeOfNonFiniteValuesOnlyHasNoRange() {
    T observer =
        observe(new Samples(new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NaN}, 1));

    assertThat(ranges(observer)).allMatch(Optional::isEmpty);
    assertThat(observer.count()).isZero();
    assertThat(observer.nonFiniteCount()).isEqualTo(3);
  }

  @Test
  void observeOfPermutedSamplesIsTheSame() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples samples = samples(seed, MIXED);

      assertThat(state(observe(samples.permuted(seed))))
          .as("seed %d", seed)
          .isEqualTo(state(observe(samples)));
    }
  }

  @Test
  void observeOfEveryKindOfBufferIsTheSame() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples samples = samples(seed, MIXED);
      FloatBuffer offset = SeededFloats.offset(samples.values());
      Object expected = state(observe(samples));

      for (FloatBuffer buffer :
          List.of(SeededFloats.direct(samples.values()), offset, offset.asReadOnlyBuffer())) {
        int position = buffer.position();
        T observer = create();
        observer.observe(buffer, samples.shape());

        assertThat(state(observer)).as("seed %d", seed).isEqualTo(expected);
        assertThat(buffer.position()).isEqualTo(position);
        assertThat(buffer.remaining()).isEqualTo(samples.values().length);
      }
    }
  }

  @Test
  void observeOfOtherNumberOfValuesIsRefusedAndChangesNothing() {
    T observer = observe(samples(3, SeededFloats::finite));
    Object before = state(observer);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> observer.observe(FloatBuffer.allocate(5), Shape.of(1, Samples.CHANNEL_COUNT, 2)))
        .withMessage("values has 5 values remaining, expected 6 for shape [1, 3, 2]");
    assertThat(state(observer)).isEqualTo(before);
  }

  @Test
  void combineIsCommutative() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples one = samples(seed, MIXED);
      Samples other = samples(seed + SEEDS, MIXED);

      assertThat(state(combine(observe(one), observe(other))))
          .as("seed %d", seed)
          .isEqualTo(state(combine(observe(other), observe(one))));
    }
  }

  @Test
  void combineIsAssociative() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples a = samples(seed, MIXED);
      Samples b = samples(seed + SEEDS, MIXED);
      Samples c = samples(seed + 2 * SEEDS, SeededFloats::finite);
      T left = combine(combine(observe(a), observe(b)), observe(c, a));
      T right = combine(observe(a), combine(observe(b), observe(c, a)));

      assertThat(left.count()).as("seed %d", seed).isEqualTo(right.count());
      requireClose(
          ranges(left),
          ranges(right).stream()
              .map(range -> range.map(ends -> new NaiveRange(ends.minimum(), ends.maximum())))
              .toList(),
          magnitude(List.of(a, b, c)),
          seed);
    }
  }

  @Test
  void combineWithEmptyIsTheSame() {
    Samples samples = samples(5, MIXED);

    assertThat(state(combine(observe(samples), create()))).isEqualTo(state(observe(samples)));
    assertThat(state(combine(create(), observe(samples)))).isEqualTo(state(observe(samples)));
  }

  @Test
  void combineReturnsThisAndLeavesTheOther() {
    T one = observe(samples(6, MIXED));
    T other = observe(samples(7, MIXED));
    Object before = state(other);

    assertThat(combine(one, other)).isSameAs(one);
    assertThat(state(other)).isEqualTo(before);
  }

  @Test
  void combineWithItselfCountsBeyondTheRangeOfInt() {
    Samples samples = samples(8, MIXED);
    T observer = observe(samples);
    T once = observe(samples);
    for (int i = 0; i < 40; i++) {
      combine(observer, observer);
    }

    assertThat(observer.count()).isEqualTo(once.count() << 40);
    assertThat(observer.nonFiniteCount()).isEqualTo(once.nonFiniteCount() << 40);
    assertThat(ranges(observer)).isEqualTo(ranges(once));
  }

  @Test
  void errorPolicyNamesTheFirstNonFiniteValueAndChangesNothing() {
    T observer = observe(samples(9, SeededFloats::finite));
    Object before = state(observer);
    Observer strict = NonFinitePolicy.ERROR.apply("conv1", observer);
    FloatBuffer values = SeededFloats.offset(1f, 2f, 3f, Float.NEGATIVE_INFINITY, Float.NaN, 6f);

    assertThatExceptionOfType(ObservationException.class)
        .isThrownBy(() -> strict.observe(values, Shape.of(1, Samples.CHANNEL_COUNT, 2)))
        .withMessageStartingWith(
            "tensor 'conv1' has -Infinity at index 3, expected a finite value");
    assertThat(state(observer)).isEqualTo(before);
  }

  @Test
  void errorPolicyHandsFiniteValuesOn() {
    Samples samples = samples(10, SeededFloats::finite);
    T observer = create();
    Observer strict = NonFinitePolicy.ERROR.apply("conv1", observer);
    strict.observe(samples.buffer(), samples.shape());

    assertThat(state(observer)).isEqualTo(state(observe(samples)));
    assertThat(strict.count()).isEqualTo(samples.values().length);
    assertThat(strict.nonFiniteCount()).isZero();
  }

  static final BiFunction<SeededFloats, Integer, float[]> MIXED = SeededFloats::withNonFinite;

  static Samples samples(long seed, BiFunction<SeededFloats, Integer, float[]> values) {
    SeededFloats floats = SeededFloats.of(seed);
    return Samples.of(floats, length -> values.apply(floats, length));
  }

  final T observe(Samples... batches) {
    T observer = create();
    for (Samples batch : batches) {
      observer.observe(batch.buffer(), batch.shape());
    }
    return observer;
  }

  private void requireReference(T observer, List<Samples> batches, long seed) {
    requireClose(ranges(observer), reference(batches), magnitude(batches), seed);
  }

  private void requireClose(
      List<Optional<ValueRange>> actual,
      List<Optional<NaiveRange>> expected,
      double magnitude,
      long seed) {
    assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).isPresent())
          .as("seed %d", seed)
          .isEqualTo(expected.get(i).isPresent());
      if (actual.get(i).isPresent()) {
        ValueRange range = actual.get(i).get();
        NaiveRange naive = expected.get(i).get();
        requireClose(range.minimum(), naive.minimum(), magnitude, seed);
        requireClose(range.maximum(), naive.maximum(), magnitude, seed);
      }
    }
  }

  private void requireClose(float actual, double expected, double magnitude, long seed) {
    if (tolerance() == 0) {
      // isEqualTo on floats compares bits: signed zeros differ
      assertThat(actual).as("seed %d", seed).isEqualTo((float) expected);
    } else {
      double error = Math.max(Float.MIN_VALUE, tolerance() * magnitude);
      assertThat((double) actual).as("seed %d", seed).isCloseTo(expected, within(error));
    }
  }

  private static double magnitude(List<Samples> batches) {
    List<float[]> values = batches.stream().map(Samples::values).toList();
    return NaiveRange.of(values)
        .map(range -> Collections.max(Arrays.asList(range.maximum(), -range.minimum())))
        .orElse(0.0);
  }

  private static long finiteCount(float[] values) {
    long count = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        count++;
      }
    }
    return count;
  }
}
