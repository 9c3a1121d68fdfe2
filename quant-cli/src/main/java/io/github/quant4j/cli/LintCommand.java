/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.lint.LintReport;
import io.github.quant4j.onnx.lint.Linter;
import io.github.quant4j.onnx.repair.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant lint}: what keeps a quantized model from running rightly and fast. */
@Command(
    name = "lint",
    customSynopsis = "quant lint MODEL.onnx [OPTION]...",
    description = "Finds what keeps a quantized model from running rightly and fast in TensorRT.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LintCommand implements Callable<Integer> {
  private static final int SHOWN_PER_DEFECT = 10;

  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.onnx", description = "The model.")
  private Path model;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = ChoiceConverter.OfLintFormat.class,
      description = "How to print the findings: text, the default, json or sarif.")
  private @Nullable LintFormat format;

  @Option(
      names = "--all",
      description = "Print every finding as text; 10 of a kind unless given, and how many more.")
  private boolean showsAll;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  LintCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    LintFormat chosen = format();
    OnnxModel read = OnnxModel.read(model);
    LintReport report = Linter.create().lint(read);
    int most = showsAll ? Integer.MAX_VALUE : SHOWN_PER_DEFECT;
    new LintOutput(ModelFiles.of(model, read.dataFiles()), report, chosen, most).print(streams);
    if (report.hasErrors()) {
      long errors = report.count(Severity.ERROR);
      String noun = errors == 1 ? "error" : "errors";
      throw new CommandException(
          String.format(Locale.ROOT, "\"%s\" has %,d %s", model, errors, noun));
    }
    return Quant.DONE;
  }

  private LintFormat format() {
    if (asJson && format != null && format != LintFormat.JSON) {
      throw new ParameterException(
          spec.commandLine(),
          "--json is short for --format json; found --format " + ChoiceConverter.word(format));
    }
    return asJson ? LintFormat.JSON : format == null ? LintFormat.TEXT : format;
  }
}
