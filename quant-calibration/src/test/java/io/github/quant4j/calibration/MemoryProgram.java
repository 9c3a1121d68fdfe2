/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Calibrates and prints how much memory it takes by then, after a garbage collection: the heap in
 * use and all that is resident as Linux counts it, in kB.
 */
final class MemoryProgram {

  private static final List<String> OBSERVED = List.of("x", "conv", "relu", "y");

  private static final ExactSamples SAMPLES = new ExactSamples(16);

  private MemoryProgram() {}

  /** Takes "runs" or "samples". */
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("runs")) {
      runAThousandTimes();
    } else {
      runAHundredThousandSamples();
    }
  }

  /** One way of running after the other, one that fails among them. */
  private static void runAThousandTimes() throws IOException {
    byte[] model = TestModels.read("conv");
    List<TensorBatch> batches = List.of(SAMPLES.conv(400), SAMPLES.conv(300), SAMPLES.conv(400));
    for (int run = 1; run <= 1000; run++) {
      int variant = run % 4;
      try (Calibrator calibrator =
          Calibrator.builder(model, OBSERVED)
              .threadCount(1 + variant % 2)
              .histograms(variant == 2)
              .parallelBatches(1 + variant)
              .listener(progress -> requireNot(variant == 3 && progress.batchCount() == 2))
              .build()) {
        calibrator.run(CalibrationSource.of(batches));
        requireNot(variant == 3);
      } catch (IllegalStateException e) {
        requireNot(variant != 3);
      }
      if (run % 200 == 0) {
        printMemory();
      }
    }
  }

  private static void runAHundredThousandSamples() throws IOException {
    CalibrationListener listener =
        progress -> {
          if (progress.sampleCount() % 10_000 == 0) {
            printMemory();
          }
        };
    GeneratedSource source =
        new GeneratedSource(
            index -> index < 20_000 ? Optional.of(SAMPLES.conv(5)) : Optional.empty());
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("conv"), OBSERVED)
            .threadCount(1)
            .histograms(true)
            .listener(listener)
            .build()) {
      requireNot(calibrator.run(source).sampleCount() != 100_000);
    }
  }

  private static void requireNot(boolean isWrong) {
    if (isWrong) {
      throw new IllegalStateException("odd");
    }
  }

  private static void printMemory() {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 10;
    try {
      String status = Files.readString(Path.of("/proc/self/status"), StandardCharsets.US_ASCII);
      String resident =
          status.lines().filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
      System.out.println(heap + " " + resident.replaceAll("\\D", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
