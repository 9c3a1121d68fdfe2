/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MovingAveragePerChannelMinMaxObserverTest
    extends ObserverContract<MovingAveragePerChannelMinMaxObserver> {

  @Override
  MovingAveragePerChannelMinMaxObserver create() {
    return MovingAveragePerChannelMinMaxObserver.create(Samples.CHANNEL_AXIS);
  }

  @Override
  MovingAveragePerChannelMinMaxObserver combine(
      MovingAveragePerChannelMinMaxObserver one, MovingAveragePerChannelMinMaxObserver other) {
    return one.combine(other);
  }

  @Override
  List<Optional<ValueRange>> ranges(MovingAveragePerChannelMinMaxObserver observer) {
    return IntStream.range(0, observer.channelCount()).mapToObj(observer::range).toList();
  }

  @Override
  List<Optional<NaiveRange>> reference(List<Samples> batches) {
    List<Optional<NaiveRange>> ranges = new ArrayList<>();
    for (int c = 0; c < Samples.CHANNEL_COUNT; c++) {
      int channel = c;
      ranges.add(
          NaiveRange.movingAverage(
              batches.stream().map(batch -> batch.channel(channel)).toList(), 0.01f));
    }
    return ranges;
  }

  /** Three float32 roundings of 2^-24 a step, damped by 1 - c, over up to 40 batches. */
  @Override
  double tolerance() {
    return 3 * 40 * 0x1p-24;
  }

  @Test
  void rangeOfChannelIsThatOfPerTensorObserverOnSlices() {
    for (long seed = 0; seed < SEEDS; seed++) {
      List<Samples> batches = samples(seed, MIXED).chunks(SeededFloats.of(seed));
      MovingAveragePerChannelMinMaxObserver observer = observe(batches.toArray(Samples[]::new));
      for (int channel = 0; channel < Samples.CHANNEL_COUNT; channel++) {
        MovingAverageMinMaxObserver slice = MovingAverageMinMaxObserver.create();
        for (Samples batch : batches) {
          slice.observe(FloatBuffer.wrap(batch.channel(channel)));
        }

        assertThat(observer.range(channel)).as("seed %d", seed).isEqualTo(slice.range());
      }
    }
  }

  // python: o = torch.ao.quantization.MovingAveragePerChannelMinMaxObserver(ch_axis=1)
  //   for b in np.split(v.reshape(100, 4, 25), 10): o(torch.from_numpy(b))
  //   with v as in MovingAverageMinMaxObserverTest
  @Test
  void rangeIsThatOfTorchOnBatchesOfIntegerMadeValues() {
    MovingAveragePerChannelMinMaxObserver observer =
        MovingAveragePerChannelMinMaxObserver.create(1);
    for (float[] batch : IntegerMadeValues.batchesOf(1000)) {
      observer.observe(FloatBuffer.wrap(batch), Shape.of(10, 4, 25));
    }

    assertThat(ranges(observer))
        .containsExactly(
            Optional.of(printed(-4.78807258605957, 3.575803518295288)),
            Optional.of(printed(-3.253251791000366, 3.586542844772339)),
            Optional.of(printed(-3.504924774169922, 3.955695152282715)),
            Optional.of(printed(-3.953132152557373, 4.1031270027160645)));
  }

  @Test
  void observeOfBatchWithoutFiniteValueOfChannelKeepsItsAverage() {
    MovingAveragePerChannelMinMaxObserver observer =
        MovingAveragePerChannelMinMaxObserver.create(0, 0.5f);
    observer.observe(FloatBuffer.wrap(new float[] {1, 2}), Shape.of(2));
    observer.observe(FloatBuffer.wrap(new float[] {Float.NaN, 4}), Shape.of(2));

    assertThat(observer.range(0)).contains(new ValueRange(1f, 1f));
    assertThat(observer.range(1)).contains(new ValueRange(3f, 3f));
    assertThat(observer.count()).isEqualTo(3);
    assertThat(observer.nonFiniteCount()).isEqualTo(1);
  }

  @Test
  void rangeOfUnknownChannelIsRefused() {
    assertThatThrownBy(() -> create().range(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void observeOfOtherChannelCountIsRefusedAndChangesNothing() {
    MovingAveragePerChannelMinMaxObserver observer = observe(samples(1, MIXED));
    Object before = state(observer);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> observer.observe(FloatBuffer.allocate(4), Shape.of(1, 4)))
        .withMessage("axis 1 has 4 channels, expected 3 as seen before");
    assertThat(state(observer)).isEqualTo(before);
  }

  @Test
  void combineOfOtherAxisOrConstantIsRefused() {
    MovingAveragePerChannelMinMaxObserver observer = create();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> observer.combine(MovingAveragePerChannelMinMaxObserver.create(0)))
        .withMessage(
            "other observes axis 0 with averagingConstant 0.01, expected axis 1 with 0.01");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> observer.combine(MovingAveragePerChannelMinMaxObserver.create(1, 0.5f)));
  }

  @Test
  void createWithBadAxisOrConstantIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MovingAveragePerChannelMinMaxObserver.create(-1))
        .withMessage("axis is -1, expected 0 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MovingAveragePerChannelMinMaxObserver.create(1, 0f));
    assertThat(create().axis()).isEqualTo(1);
    assertThat(create().averagingConstant()).isEqualTo(0.01f);
  }

  /** Returns a range of two float32 values that were printed as float64. */
  private static ValueRange printed(double minimum, double maximum) {
    return new ValueRange((float) minimum, (float) maximum);
  }
}
