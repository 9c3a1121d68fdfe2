/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Batches in memory, the same ones for the same inputs. No more than 16 of them differ: however
 * many are asked for, the samples take the same memory, and what grows is what the measured work
 * holds.
 *
 * @param batches in their order; immutable
 */
record SampleBatches(List<TensorBatch> batches) {
  private static final long SEED = 20_261_122L;
  private static final int DIFFERENT_COUNT = 16;

  static SampleBatches of(List<SampleInput> inputs, int batchCount) {
    Random random = new Random(SEED);
    List<TensorBatch> different = new ArrayList<>();
    for (int i = 0; i < Math.min(batchCount, DIFFERENT_COUNT); i++) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      inputs.forEach(input -> tensors.put(input.name(), input.tensor(random)));
      different.add(TensorBatch.of(tensors));
    }
    List<TensorBatch> batches = new ArrayList<>();
    for (int i = 0; i < batchCount; i++) {
      batches.add(different.get(i % DIFFERENT_COUNT));
    }
    return new SampleBatches(List.copyOf(batches));
  }

  CalibrationSource source() {
    return CalibrationSource.of(batches);
  }

  /** Writes the values of each input, little-endian, one different batch after the other. */
  void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String name : batches.get(0).names()) {
      try (OutputStream file = Files.newOutputStream(folder.resolve(name + ".bin"));
          WritableByteChannel channel = Channels.newChannel(file)) {
        for (TensorBatch batch : batches.subList(0, Math.min(batches.size(), DIFFERENT_COUNT))) {
          channel.write(batch.tensor(name).orElseThrow().bytes());
        }
      }
    }
  }
}
