/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Measures what calibration costs beside inference of the same batches: time, tensors and bytes
 * read, and resident memory. Prints a line of JSON per mode; {@code benchmarks/calibration.sh} puts
 * them side by side with those of onnxruntime.quantization.
 *
 * <p>With several modes, each repetition runs all of them one after the other, so that what else
 * happens on the machine meets all alike. Memory is that of the process: compare it between
 * processes of one mode each. All modes prepare both forms of the model and the batches alike, and
 * the peak counts from where that is done and the model loaded.
 */
@Command(
    name = "CalibrationCost",
    description = "Measures calibration beside plain inference of the same batches.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class CalibrationCost implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "The float32 ONNX model.")
  private Path model = Path.of("");

  @Option(
      names = "--input",
      required = true,
      paramLabel = "NAME=DIMS[@LOW..HIGH]",
      description = "An input, as x=1x3x640x640 or ids=8x64@0..30521 for int64 numbers.")
  private List<SampleInput> inputs = new ArrayList<>();

  @Option(
      names = "--mode",
      split = ",",
      defaultValue = "plain,minmax,all",
      description = "What to run: ${DEFAULT-VALUE}.")
  private List<CostMode> modes = new ArrayList<>();

  @Option(names = "--batches", defaultValue = "16", description = "How many batches a pass has.")
  private int batchCount;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "Threads within an operator; 0 is the choice of the runtime.")
  private int threadCount;

  @Option(names = "--repeat", defaultValue = "1", description = "How many passes of each mode.")
  private int repeatCount;

  @Option(
      names = "--save",
      paramLabel = "FOLDER",
      description = "Only write the batches there, as raw little-endian NAME.bin.")
  private Optional<Path> saveFolder = Optional.empty();

  private CalibrationCost() {}

  /**
   * Runs the program and ends the JVM with its exit code: 0 when measured, 1 when that failed, 2
   * for wrong usage.
   *
   * @param args the command line; {@code --help} prints it
   */
  public static void main(String[] args) {
    System.exit(run(new PrintWriter(System.out, true, UTF_8), args));
  }

  /** Runs the program and returns its exit code. */
  static int run(PrintWriter out, String... args) {
    return new CommandLine(new CalibrationCost())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(SampleInput.class, SampleInput::parse)
        .setOut(out)
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    SampleBatches batches = SampleBatches.of(inputs, batchCount);
    if (saveFolder.isPresent()) {
      batches.save(saveFolder.get());
      return 0;
    }
    CostSubject subject = CostSubject.read(model);
    Map<CostMode, CostMeasurement> measurements = new LinkedHashMap<>();
    try {
      for (CostMode mode : modes) {
        measurements.put(mode, CostMeasurement.of(() -> mode.open(subject, threadCount)));
      }
      boolean isPeakReset = ResidentMemory.resetPeak();
      long residentBefore = ResidentMemory.current().orElse(0);
      for (int i = 0; i < repeatCount; i++) {
        for (CostMeasurement measurement : measurements.values()) {
          measurement.repeat(batches);
        }
      }
      long peak = isPeakReset ? ResidentMemory.peak().orElse(0) : 0;
      measurements.forEach(
          (mode, measurement) ->
              print(mode, measurement.json(batchCount) + memory(residentBefore, peak)));
    } finally {
      measurements.values().forEach(CostMeasurement::close);
    }
    return 0;
  }

  private static String memory(long residentBefore, long peak) {
    return ", \"residentBefore\": %d, \"peakResident\": %d".formatted(residentBefore, peak);
  }

  private void print(CostMode mode, String rest) {
    spec.commandLine()
        .getOut()
        .println(
            "{\"model\": \"%s\", \"mode\": \"%s\", \"threads\": %d, \"batches\": %d, %s}"
                .formatted(
                    model.getFileName(),
                    mode.name().toLowerCase(Locale.ROOT),
                    threadCount,
                    batchCount,
                    rest));
  }
}
