/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PerChannelMinMaxObserverTest extends OrderFreeObserverContract<PerChannelMinMaxObserver> {

  private static final Shape SHAPE = Shape.of(2, 3);
  private static final float[] VALUES = {1, 2, 3, -4, 5, Float.NaN};

  @Override
  PerChannelMinMaxObserver create() {
    return PerChannelMinMaxObserver.create(Samples.CHANNEL_AXIS);
  }

  @Override
  PerChannelMinMaxObserver combine(PerChannelMinMaxObserver one, PerChannelMinMaxObserver other) {
    return one.combine(other);
  }

  @Override
  List<Optional<ValueRange>> ranges(PerChannelMinMaxObserver observer) {
    return IntStream.range(0, observer.channelCount()).mapToObj(observer::range).toList();
  }

  @Override
  List<Optional<NaiveRange>> reference(List<Samples> batches) {
    List<Optional<NaiveRange>> ranges = new ArrayList<>();
    for (int c = 0; c < Samples.CHANNEL_COUNT; c++) {
      int channel = c;
      ranges.add(NaiveRange.of(batches.stream().map(batch -> batch.channel(channel)).toList()));
    }
    return ranges;
  }

  @Test
  void rangeBeforeValuesIsOfNoChannel() {
    PerChannelMinMaxObserver observer = PerChannelMinMaxObserver.create(1);

    assertThat(observer.axis()).isEqualTo(1);
    assertThat(observer.channelCount()).isZero();
    assertThat(observer.count()).isZero();
    assertThatThrownBy(() -> observer.range(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void observeOnFirstAxisSplitsRows() {
    PerChannelMinMaxObserver observer = observe(0, SHAPE, VALUES);

    assertThat(observer.channelCount()).isEqualTo(2);
    assertThat(observer.range(0)).contains(new ValueRange(1f, 3f));
    assertThat(observer.range(1)).contains(new ValueRange(-4f, 5f));
  }

  @Test
  void observeOnLastAxisSplitsColumns() {
    PerChannelMinMaxObserver observer = observe(1, SHAPE, VALUES);

    assertThat(observer.range(0)).contains(new ValueRange(-4f, 1f));
    assertThat(observer.range(1)).contains(new ValueRange(2f, 5f));
    assertThat(observer.range(2)).contains(new ValueRange(3f, 3f));
    assertThat(observer.count()).isEqualTo(5);
    assertThat(observer.nonFiniteCount()).isEqualTo(1);
  }

  @Test
  void rangeOfChannelWithoutFiniteValueIsEmpty() {
    assertThat(observe(0, Shape.of(2, 1), 1f, Float.NaN).range(1)).isEmpty();
  }

  @Test
  void observeOfNoElementKnowsTheChannels() {
    PerChannelMinMaxObserver observer = observe(1, Shape.of(0, 4, 1L << 40));

    assertThat(observer.channelCount()).isEqualTo(4);
    assertThat(observer.range(3)).isEmpty();
  }

  @Test
  void observeOfEveryAxisIsThatOfNaiveReference() {
    for (long seed = 0; seed < 100; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      Shape shape =
          Shape.of(
              floats.between(1, 6),
              floats.between(1, 9),
              floats.between(1, 40),
              floats.between(1, 9));
      float[] values = floats.withNonFinite((int) shape.elementCount());
      for (int axis = 0; axis < shape.rank(); axis++) {
        PerChannelMinMaxObserver observer = PerChannelMinMaxObserver.create(axis);
        observer.observe(SeededFloats.direct(values), shape);

        assertThat(observer.channelCount()).isEqualTo((int) shape.dimension(axis));
        for (int channel = 0; channel < observer.channelCount(); channel++) {
          assertThat(observer.range(channel))
              .as("seed %d axis %d channel %d", seed, axis, channel)
              .isEqualTo(ofChannel(values, shape, axis, channel).range());
        }
      }
    }
  }

  @Test
  void combineOfOtherAxisIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> observe(0, SHAPE, VALUES).combine(PerChannelMinMaxObserver.create(1)))
        .withMessage("other observes axis 1, expected axis 0");
  }

  @Test
  void observeOfOtherChannelCountIsRefused() {
    PerChannelMinMaxObserver observer = observe(0, SHAPE, VALUES);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> observer.observe(FloatBuffer.allocate(3), Shape.of(3)))
        .withMessage("axis 0 has 3 channels, expected 2 as seen before");
  }

  @Test
  void observeWithoutTheAxisIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> observe(2, SHAPE, VALUES))
        .withMessage("shape is [2, 3], expected more than 2 axes");
  }

  @Test
  void createWithNegativeAxisIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> PerChannelMinMaxObserver.create(-1));
  }

  private static PerChannelMinMaxObserver observe(int axis, Shape shape, float... values) {
    PerChannelMinMaxObserver observer = PerChannelMinMaxObserver.create(axis);
    observer.observe(FloatBuffer.wrap(values), shape);
    return observer;
  }

  /** Per tensor observation of one slice, found by arithmetic on every index. */
  private static MinMaxObserver ofChannel(float[] values, Shape shape, int axis, int channel) {
    long inner =
        Arrays.stream(shape.toArray()).skip(axis + 1L).reduce(1, (left, right) -> left * right);
    MinMaxObserver observer = MinMaxObserver.create();
    for (int i = 0; i < values.length; i++) {
      if (i / inner % shape.dimension(axis) == channel) {
        observer.observe(FloatBuffer.wrap(values, i, 1));
      }
    }
    return observer;
  }
}
