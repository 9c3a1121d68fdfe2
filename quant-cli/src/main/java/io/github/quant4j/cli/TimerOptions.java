/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineTimer;
import io.github.quant4j.tensorrt.LayerTime;
import io.github.quant4j.tensorrt.TimingReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options that say how engines are timed. */
final class TimerOptions {
  private static final String NO_TRANSFERS = "--no-transfers";
  private static final String LAYERS = "--layers";
  private static final int FEWEST_RUNS = 2;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      converter = RunConverter.class,
      description =
          "Time at least N runs of every engine, in each of the rounds where engines take turns; 10"
              + " unless given.")
  private int iterations = 10;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      converter = NumberInRange.OfSeconds.class,
      description = "Time every engine for at least so long; 3 unless given.")
  private double duration = 3;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      converter = NumberInRange.OfSeconds.class,
      description = "Let every engine run for so long before; 0.2 unless given.")
  private double warmUp = 0.2;

  @Option(names = "--no-cuda-graph", description = "Queue every kernel by itself.")
  private boolean hasNoGraph;

  @Option(
      names = NO_TRANSFERS,
      description =
          "Copy the inputs of an engine to the GPU once, and the outputs never, as where several"
              + " files are compared.")
  private boolean hasNoTransfers;

  @Option(names = LAYERS, description = "Time every layer of an engine too; on Linux.")
  private boolean hasLayers;

  /** Makes sure that no option is given that is for one engine by itself. */
  void requireNone(CommandSpec command) {
    GivenOption.among(command, Set.of(NO_TRANSFERS, LAYERS))
        .ifPresent(
            name -> {
              throw new ParameterException(
                  command.commandLine(), name + " is for one engine by itself; remove it");
            });
  }

  /** Times an engine by itself. */
  TimedEngine time(FileSize plan, Engine engine, Map<String, Tensor> inputs) {
    TimingReport report = timer().time(engine, inputs);
    List<LayerTime> layers = hasLayers ? timer().layers(engine, inputs).layers() : List.of();
    return TimedEngine.of(plan, report, layers);
  }

  /** Returns a timer with these options. */
  EngineTimer timer() {
    return EngineTimer.create()
        .minimumRuns(iterations)
        .duration(time(duration))
        .warmUp(time(warmUp))
        .cudaGraph(!hasNoGraph)
        .transfers(!hasNoTransfers);
  }

  private static Duration time(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  /** Reads how many runs are timed. */
  static final class RunConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      int runs = new PositiveNumber().convert(text);
      if (runs >= FEWEST_RUNS) {
        return runs;
      }
      throw new TypeConversionException("expected at least 2 runs, found '" + text + "'");
    }
  }
}
