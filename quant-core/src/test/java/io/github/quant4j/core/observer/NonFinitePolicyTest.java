/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class NonFinitePolicyTest {

  @Test
  void excludeIsTheObserverItself() {
    MinMaxObserver observer = MinMaxObserver.create();

    assertThat(NonFinitePolicy.EXCLUDE.apply("input", observer)).isSameAs(observer);
  }

  @Test
  void errorCarriesTensorIndexAndValue() {
    Observer strict = NonFinitePolicy.ERROR.apply("input", MinMaxObserver.create());
    FloatBuffer values = FloatBuffer.wrap(new float[] {Float.NaN, 1f, Float.NaN, 2f});

    assertThatExceptionOfType(ObservationException.class)
        .isThrownBy(() -> strict.observe(values.position(1), Shape.of(3)))
        .isInstanceOf(QuantizationException.class)
        .withMessage(
            "tensor 'input' has NaN at index 1, expected a finite value; check the model and its"
                + " input, or observe with NonFinitePolicy.EXCLUDE")
        .satisfies(
            failure -> {
              assertThat(failure.tensor()).isEqualTo("input");
              assertThat(failure.index()).isEqualTo(1);
              assertThat(failure.value()).isNaN();
            });
  }

  @Test
  void errorCountsWhatTheObserverCounts() {
    MinMaxObserver observer = MinMaxObserver.create();
    observer.observe(FloatBuffer.wrap(new float[] {1f, Float.NaN}));
    Observer strict = NonFinitePolicy.ERROR.apply("input", observer);

    assertThat(strict.count()).isEqualTo(1);
    assertThat(strict.nonFiniteCount()).isEqualTo(1);
  }
}
