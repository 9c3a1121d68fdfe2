/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.EngineComparison;
import io.github.quant4j.ptq.EngineComparisonReport;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.ShapeProfile;
import io.github.quant4j.tensorrt.TensorRt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant bench}: how fast engines are, and which one of a model to take. */
@Command(
    name = "bench",
    customSynopsis = "quant bench ENGINE.plan|MODEL.onnx... [OPTION]...",
    description =
        "Times engines on this machine's GPU: one as trtexec does, several in turn, and of a"
            + " float32 model all precisions with their accuracy.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BenchCommand implements Callable<Integer> {
  private static final int BATCH_SIZE = 32;

  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Engines, quantized models, and at most one float32 model, which the answers of all are"
              + " held against.")
  private List<Path> files;

  @Mixin private ComparisonOptions comparison;

  @Mixin private TimerOptions timer;

  @Mixin private ShapeOptions shapes;

  @Mixin private TrustOption trust;

  @Mixin private SampleOptions samples;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  BenchCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    BenchFiles given = BenchFiles.read(spec, files);
    comparison.requireConsistent(spec, samples, given);
    if (given.isOneEngine()) {
      TensorRt.verifyAvailable();
      timed(files.get(0)).print(streams, asJson);
      return Quant.DONE;
    }
    trust.requireNone(spec);
    timer.requireNone(spec);
    EngineComparison asked = comparison.applyTo(given.comparison(), samples).timer(timer.timer());
    asked = shapes.oneProfile(spec).map(asked::profile).orElse(asked);
    TensorRt.verifyAvailable();
    ComparisonOutput output =
        new ComparisonOutput(given.sizes(), compared(given, asked), comparison.data() != null);
    new SampledReport(output, samples.skippedPictures()).print(streams, asJson);
    output.requireTimed();
    return Quant.DONE;
  }

  private TimedEngine timed(Path plan) throws IOException {
    FileSize size = FileSize.of(plan);
    try (ProgressLine progress = new ProgressLine(streams, "timing");
        Engine engine = trust.load(plan)) {
      progress.show("timing " + plan);
      ShapeProfile profile = shapes.oneProfile(spec).orElseGet(() -> engine.profile(0));
      return timer.time(
          size, engine, EngineInputs.of(engine.inputs(), profile, samples.givenBatchSize()));
    }
  }

  private EngineComparisonReport compared(BenchFiles given, EngineComparison asked)
      throws IOException {
    OnnxModel model = given.floatModel().orElse(null);
    try (CalibrationSource calibration = opened(comparison.data(), model);
        CalibrationSource test = opened(comparison.test(), model);
        ProgressLine progress = new ProgressLine(streams, "comparing")) {
      progress.show("building engines, which takes seconds to minutes");
      EngineComparison whole = asked.listener(row -> progress.show("compared: " + row.name()));
      whole = comparison.data() == null ? whole : whole.calibration(calibration);
      whole = comparison.test() == null ? whole : whole.test(test);
      Integer batch = samples.givenBatchSize();
      return (batch == null ? whole : whole.batchSize(batch)).run();
    } catch (QuantizationException e) {
      throw new CommandException("cannot compare engines: " + e.getMessage(), e);
    }
  }

  private CalibrationSource opened(@Nullable Path data, @Nullable OnnxModel model)
      throws IOException {
    return data == null || model == null
        ? CalibrationSource.of(List.of())
        : samples.open(spec, data, model, BATCH_SIZE);
  }
}
