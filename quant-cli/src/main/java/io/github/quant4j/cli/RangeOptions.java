/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.range.EntropySelector;
import io.github.quant4j.core.range.MseSelector;
import io.github.quant4j.core.range.PercentileSelector;
import io.github.quant4j.core.range.RangeSelector;
import io.github.quant4j.ptq.PostTrainingQuantization;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that choose ranges of activations from what was observed. */
final class RangeOptions {
  private static final String PERCENTILE = "--percentile";

  /** What the peers take. */
  private static final double USUAL_PERCENTILE = 99.99;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      converter = ChoiceConverter.OfMethod.class,
      description =
          "How ranges are found: minmax, the default, takes the extremes observed; percentile,"
              + " entropy and mse leave out outliers where that gives finer steps to all others.")
  private CalibrationMethod method = CalibrationMethod.MINMAX;

  @Option(
      names = PERCENTILE,
      paramLabel = "P",
      converter = NumberInRange.OfPercentage.class,
      description =
          "The part of the values, in percent, that the range holds; with --method percentile,"
              + " 99.99 unless given.")
  private @Nullable Double percentile;

  /** Makes sure that the options go together. */
  void requireConsistent(CommandSpec command) {
    if (percentile != null && method != CalibrationMethod.PERCENTILE) {
      throw new ParameterException(
          command.commandLine(),
          PERCENTILE + " needs --method percentile, found --method " + word());
    }
  }

  private String word() {
    return ChoiceConverter.word(method);
  }

  /** Returns the method as reports and tables name it, with its percentage where it has one. */
  String text() {
    return method == CalibrationMethod.PERCENTILE
        ? word() + " " + BigDecimal.valueOf(percentage()).toPlainString()
        : word();
  }

  private double percentage() {
    return percentile == null ? USUAL_PERCENTILE : percentile;
  }

  /** Returns a quantization with these options. */
  PostTrainingQuantization applyTo(PostTrainingQuantization quantization) {
    return switch (method) {
      case MINMAX -> quantization;
      case PERCENTILE -> ranges(quantization, PercentileSelector.symmetric(percentage()));
      case ENTROPY -> ranges(quantization, EntropySelector.create());
      case MSE -> ranges(quantization, MseSelector.of(QuantizationSpec.INT8_ACTIVATION));
    };
  }

  private PostTrainingQuantization ranges(
      PostTrainingQuantization quantization, RangeSelector selector) {
    return quantization.ranges(text(), selector);
  }
}
