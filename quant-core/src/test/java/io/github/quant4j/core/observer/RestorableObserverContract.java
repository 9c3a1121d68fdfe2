/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.SeededFloats;
import org.junit.jupiter.api.Test;

/** What every observer keeps to that is made anew of its results and goes on. */
abstract class RestorableObserverContract<T extends Observer> extends OrderFreeObserverContract<T> {

  /** Returns a new observer made of the results of another one. */
  abstract T restore(T observer);

  @Test
  void restoreGoesOnAsIfItHadNeverStopped() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples samples = samples(seed, SeededFloats::anyBits);
      T observer = restore(create());
      for (Samples chunk : samples.chunks(SeededFloats.of(seed))) {
        observer.observe(chunk.buffer(), chunk.shape());
        observer = restore(observer);
      }

      assertThat(state(observer)).as("seed %d", seed).isEqualTo(state(observe(samples)));
    }
  }
}
