/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A slow calibration with a checkpoint every two batches, for a process of its own. */
final class CalibrationProgram {

  static final long BATCH_COUNT = 1_000;

  private static final long PAUSE_NANOS = 20_000_000;

  private CalibrationProgram() {}

  /** Takes the path of the checkpoint. */
  public static void main(String[] arguments) throws IOException {
    Stream<TensorBatch> slow = batches().peek(batch -> LockSupport.parkNanos(PAUSE_NANOS));
    try (Calibrator calibrator = calibrator().checkpoint(Path.of(arguments[0]), 2).build()) {
      calibrator.run(CalibrationSource.of(slow.iterator()));
    }
  }

  static Calibrator.Builder calibrator() {
    return Calibrator.builder(TestModels.read("conv"), List.of("x", "conv", "relu", "y"))
        .threadCount(1)
        .histograms(true);
  }

  /** Batches of one to three samples, the same in every process, that grow all along. */
  static Stream<TensorBatch> batches() {
    return LongStream.range(0, BATCH_COUNT).mapToObj(CalibrationProgram::batch);
  }

  private static TensorBatch batch(long index) {
    Random random = new Random(index);
    float[] values = new float[16 * (1 + random.nextInt(3))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * (1 + index));
    }
    return TestModels.batch("x", Shape.of(values.length / 16, 1, 4, 4), values);
  }
}
