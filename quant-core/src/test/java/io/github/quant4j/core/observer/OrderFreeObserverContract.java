/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.SeededFloats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every observer keeps to whose result depends on the values alone, bit for bit. */
abstract class OrderFreeObserverContract<T extends Observer> extends ObserverContract<T> {

  @Test
  void observeOfUnevenChunksInAnyOrderIsThatOfTheWhole() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples samples = samples(seed, MIXED);
      List<Samples> chunks = samples.chunks(SeededFloats.of(seed));
      Collections.shuffle(chunks, new Random(seed));

      assertThat(state(observe(chunks.toArray(Samples[]::new))))
          .as("seed %d", seed)
          .isEqualTo(state(observe(samples)));
    }
  }

  @Test
  void combineOfShardsInAnyOrderIsThatOfTheWhole() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples samples = samples(seed, SeededFloats::anyBits);
      List<T> shards = new ArrayList<>();
      samples.chunks(SeededFloats.of(seed)).forEach(chunk -> shards.add(observe(chunk)));
      Collections.shuffle(shards, new Random(seed));

      assertThat(state(shards.stream().reduce(create(), this::combine)))
          .as("seed %d", seed)
          .isEqualTo(state(observe(samples)));
    }
  }

  @Test
  void combineOfThreadsIsThatOfTheWhole() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Samples samples = samples(seed, MIXED);
      T parallel =
          samples.chunks(SeededFloats.of(seed)).parallelStream()
              .map(this::observe)
              .reduce(this::combine)
              .orElseThrow();

      assertThat(state(parallel)).as("seed %d", seed).isEqualTo(state(observe(samples)));
    }
  }
}
