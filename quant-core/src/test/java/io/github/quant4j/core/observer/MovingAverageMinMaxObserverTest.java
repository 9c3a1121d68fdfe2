/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MovingAverageMinMaxObserverTest extends ObserverContract<MovingAverageMinMaxObserver> {

  @Override
  MovingAverageMinMaxObserver create() {
    return MovingAverageMinMaxObserver.create();
  }

  @Override
  MovingAverageMinMaxObserver combine(
      MovingAverageMinMaxObserver one, MovingAverageMinMaxObserver other) {
    return one.combine(other);
  }

  @Override
  List<Optional<ValueRange>> ranges(MovingAverageMinMaxObserver observer) {
    return List.of(observer.range());
  }

  @Override
  List<Optional<NaiveRange>> reference(List<Samples> batches) {
    return List.of(NaiveRange.movingAverage(batches.stream().map(Samples::values).toList(), 0.01f));
  }

  /** Three float32 roundings of 2^-24 a step, damped by 1 - c, over up to 40 batches. */
  @Override
  double tolerance() {
    return 3 * 40 * 0x1p-24;
  }

  // python: o = torch.ao.quantization.MovingAverageMinMaxObserver(averaging_constant=c)
  //   for b in ([-1, 3], [-2, 5], [-.5, 1]): o(torch.tensor(b, dtype=torch.float32))
  //   print(o.min_val.item(), o.max_val.item())
  @Test
  void rangeIsThatOfTorchOnThreeBatches() {
    float[][] batches = {{-1, 3}, {-2, 5}, {-.5f, 1}};

    assertThat(observe(0.01f, batches).range())
        .contains(printed(-1.0048999786376953, 2.999799966812134));
    assertThat(observe(0.3f, batches).range())
        .contains(printed(-1.059999942779541, 2.819999933242798));
  }

  // python: k = np.arange(10000)
  //   v = (((k*7919%10007)+(k*104729%10009)+(k*1299709%10037)+(k*15485863%10039)-20044)/4096)
  //   o = torch.ao.quantization.MovingAverageMinMaxObserver()
  //   for b in np.split(v.astype(np.float32), 10000//n): o(torch.from_numpy(b))
  @Test
  void rangeIsThatOfTorchOnBatchesOfIntegerMadeValues() {
    assertThat(observe(0.01f, IntegerMadeValues.batchesOf(100)).range())
        .contains(printed(-3.9156782627105713, 3.4594030380249023));
    assertThat(observe(0.01f, IntegerMadeValues.batchesOf(1000)).range())
        .contains(printed(-4.810382843017578, 4.130233287811279));
  }

  // python: as above, batches v[abs(v) < 1] and v[abs(v) >= 1]
  @Test
  void rangeOfSortedDataIsTooNarrowAsThatOfTorch() {
    assertThat(observe(0.01f, IntegerMadeValues.inside(), IntegerMadeValues.outside()).range())
        .contains(printed(-1.0374853610992432, 1.03619384765625));
  }

  @Test
  void observeOfBatchWithoutFiniteValueKeepsTheAverage() {
    assertThat(observe(0.5f, new float[] {1, 3}, new float[] {Float.NaN}).range())
        .contains(new ValueRange(1f, 3f));
    assertThat(observe(0.5f, new float[] {Float.NaN}, new float[] {1, 3}).range())
        .contains(new ValueRange(1f, 3f));
  }

  @Test
  void observeWithConstantOneKeepsTheLastBatch() {
    assertThat(observe(1f, new float[] {1, 3}, new float[] {-4, 2}).range())
        .contains(new ValueRange(-4f, 2f));
  }

  @Test
  void observeNeverLetsTheEndsCross() {
    float low = 0.1f;
    for (float far = 1; far < 1e8f; far *= 1.3f) {
      Optional<ValueRange> range =
          observe(0.3f, new float[] {low, Math.nextUp(low)}, new float[] {far}).range();

      assertThat(range).isPresent();
    }
  }

  @Test
  void combineWeighsByTheNumberOfBatches() {
    MovingAverageMinMaxObserver three =
        observe(0.5f, new float[] {-1, 1}, new float[] {-1, 1}, new float[] {-1, 1});

    assertThat(three.combine(observe(0.5f, new float[] {-5, 9})).range())
        .contains(new ValueRange(-2f, 3f));
  }

  @Test
  void combineOfOtherConstantIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> create().combine(MovingAverageMinMaxObserver.create(0.5f)))
        .withMessage("other has averagingConstant 0.5, expected 0.01");
  }

  @Test
  void createWithConstantOutOfRangeIsRefused() {
    for (float constant : new float[] {0f, -0.1f, Math.nextUp(1f), Float.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MovingAverageMinMaxObserver.create(constant))
          .withMessage("averagingConstant is " + constant + ", expected above 0, at most 1");
    }
    assertThat(create().averagingConstant()).isEqualTo(0.01f);
  }

  private static MovingAverageMinMaxObserver observe(float constant, float[]... batches) {
    MovingAverageMinMaxObserver observer = MovingAverageMinMaxObserver.create(constant);
    for (float[] batch : batches) {
      observer.observe(FloatBuffer.wrap(batch));
    }
    return observer;
  }

  /** Returns a range of two float32 values that were printed as float64. */
  private static ValueRange printed(double minimum, double maximum) {
    return new ValueRange((float) minimum, (float) maximum);
  }
}
