/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.Convergence;
import io.github.quant4j.calibration.ExecutionProvider;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.ptq.PostTrainingQuantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options that say how samples are observed. */
final class CalibrationOptions {
  private static final String CHECKPOINT = "--checkpoint";
  private static final int MOST_PARALLEL = 64;

  @Option(
      names = CHECKPOINT,
      paramLabel = "FILE",
      description =
          "Keep the state in a file, and go on from it where a run did not come to its end; it is"
              + " deleted at the end.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "Write the checkpoint after every N batches; 10 unless given.")
  private int interval = 10;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description =
          "Run N batches through the model at the same time, up to 64; 1 unless given. The table is"
              + " the same.")
  private int parallel = 1;

  @Option(
      names = "--provider",
      paramLabel = "PROVIDER",
      converter = ProviderConverter.class,
      description =
          "What computes: cpu, the default, or cuda or cuda:N, which need an ONNX Runtime with"
              + " CUDA on the class path.")
  private ExecutionProvider provider = ExecutionProvider.cpu();

  @Option(
      names = "--non-finite",
      paramLabel = "POLICY",
      converter = ChoiceConverter.OfNonFinitePolicy.class,
      description =
          "What to do about NaN and infinite values: error, the default, or exclude, which leaves"
              + " them out and counts them.")
  private NonFinitePolicy policy = NonFinitePolicy.ERROR;

  @Option(
      names = "--early-stop",
      description = "Stop once all ranges have settled, after 128 samples or more.")
  private boolean isStoppedEarly;

  /** Makes sure that the options go together, and that the checkpoint is a file of its own. */
  void requireUsage(CommandSpec command, List<Path> others) throws IOException {
    if (parallel > MOST_PARALLEL) {
      throw new ParameterException(
          command.commandLine(), "--parallel is " + parallel + "; expected 1 to " + MOST_PARALLEL);
    }
    if (checkpoint == null) {
      return;
    }
    for (Path other : others) {
      if (OutputFile.isSame(checkpoint, other)) {
        throw new ParameterException(
            command.commandLine(),
            CHECKPOINT
                + " \""
                + checkpoint
                + "\" is another file of this command too; expected another path");
      }
    }
    OutputFile.requireWritable(checkpoint);
  }

  /** Returns a quantization that calibrates with these options. */
  PostTrainingQuantization applyTo(PostTrainingQuantization quantization, int threadCount) {
    return quantization.calibration(builder -> applyTo(builder, threadCount));
  }

  private Calibrator.Builder applyTo(Calibrator.Builder builder, int threadCount) {
    builder
        .settings(SessionSettings.defaults().withThreadCount(threadCount).withProvider(provider))
        .parallelBatches(parallel)
        .nonFinite(policy)
        .convergence(Convergence.defaults().withEarlyStop(isStoppedEarly));
    return checkpoint == null ? builder : builder.checkpoint(checkpoint, interval);
  }

  /** Reads what computes. */
  static final class ProviderConverter implements ITypeConverter<ExecutionProvider> {
    @Override
    public ExecutionProvider convert(String text) {
      if (text.equals("cpu")) {
        return ExecutionProvider.cpu();
      }
      if (text.matches("cuda(:[0-9]{1,4})?")) {
        return ExecutionProvider.cuda(text.length() > 5 ? Integer.parseInt(text.substring(5)) : 0);
      }
      throw new TypeConversionException(
          "expected cpu, cuda or cuda:N with the number of the GPU, found '" + text + "'");
    }
  }
}
