/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputNoiseTest {
  private final OutputNoise noise = new OutputNoise();

  private static Tensor tensor(float... values) {
    return Tensor.ofFloats(Shape.of(values.length), values);
  }

  @Test
  void worst_twoOutputsOverTwoBatches_isTheLargerOfTheirRatios() {
    noise.compare(
        Map.of("a", tensor(3, 4), "b", tensor(10)), Map.of("a", tensor(3, 5), "b", tensor(11)));
    noise.compare(Map.of("a", tensor(5), "b", tensor(10)), Map.of("a", tensor(5), "b", tensor(10)));

    assertThat(noise.worst()).isCloseTo(1.0 / 50, within(1e-12));
  }

  @Test
  void worst_equalOutputs_isZero() {
    noise.compare(Map.of("a", tensor(1, 2)), Map.of("a", tensor(1, 2)));

    assertThat(noise.worst()).isZero();
    assertThat(OutputNoise.decibels(noise.worst())).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void worst_zerosAndValuesThatAreNotFinite_doNotCount() {
    noise.compare(
        Map.of("a", tensor(10), "zero", tensor(0), "infinite", tensor(Float.NEGATIVE_INFINITY)),
        Map.of("a", tensor(9), "zero", tensor(1), "infinite", tensor(Float.NEGATIVE_INFINITY)));

    assertThat(noise.worst()).isCloseTo(0.01, within(1e-12));
  }

  @Test
  void worst_outputOfAnotherShapeOnce_isLeftOutForGood() {
    noise.compare(
        Map.of("a", tensor(10), "b", tensor(1, 2)), Map.of("a", tensor(10), "b", tensor(1)));
    noise.restart();
    noise.compare(
        Map.of("a", tensor(10), "b", tensor(1, 2)), Map.of("a", tensor(9), "b", tensor(5, 5)));

    assertThat(noise.worst()).isCloseTo(0.01, within(1e-12));
  }
}
