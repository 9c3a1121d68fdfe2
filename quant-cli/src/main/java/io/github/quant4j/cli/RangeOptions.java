/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.range.EntropySelector;
import io.github.quant4j.core.range.MinMaxSelector;
import io.github.quant4j.core.range.MseSelector;
import io.github.quant4j.core.range.PercentileSelector;
import io.github.quant4j.core.range.RangeSelector;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.ptq.PostTrainingQuantization;
import java.math.BigDecimal;
import java.util.SortedSet;
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
          "How ranges are found: minmax takes the extremes observed; percentile, entropy and mse"
              + " leave out outliers where that gives finer steps to all others. Unless given, the"
              + " ranges of a table stay as they are, and those of samples are found by minmax.")
  private @Nullable CalibrationMethod method;

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
          PERCENTILE + " needs --method percentile, found --method " + text());
    }
  }

  /** Tells whether a method was asked for. */
  boolean isGiven() {
    return method != null;
  }

  /** Returns the method as reports and tables name it, with its percentage where it has one. */
  String text() {
    String word = ChoiceConverter.word(method());
    return method() == CalibrationMethod.PERCENTILE
        ? word + " " + BigDecimal.valueOf(percentage()).toPlainString()
        : word;
  }

  private CalibrationMethod method() {
    return method == null ? CalibrationMethod.MINMAX : method;
  }

  private double percentage() {
    return percentile == null ? USUAL_PERCENTILE : percentile;
  }

  /** Returns a quantization that observes ranges for this method. */
  PostTrainingQuantization applyTo(PostTrainingQuantization quantization) {
    return method() == CalibrationMethod.MINMAX
        ? quantization
        : quantization.ranges(text(), selector());
  }

  /** Returns a quantization that chooses from a table where a method was asked for. */
  PostTrainingQuantization applyToTable(PostTrainingQuantization quantization) {
    return isGiven() ? quantization.ranges(text(), selector()) : quantization;
  }

  /** Returns a table with the ranges of the method that was asked for, if one was. */
  CalibrationTable applyTo(CalibrationTable table) {
    if (!isGiven()) {
      return table;
    }
    SortedSet<String> blind = table.tensorsWithoutHistogram();
    if (!blind.isEmpty()) {
      throw new CommandException(
          "ranges cannot be chosen by %s: the table has no histogram of %s of %s tensors, first \"%s\"; leave out --method to keep its ranges, or calibrate again"
              .formatted(text(), blind.size(), table.tensors().size(), blind.first()));
    }
    return table.withRanges(text(), selector());
  }

  private RangeSelector selector() {
    return switch (method()) {
      case MINMAX -> MinMaxSelector.create();
      case PERCENTILE -> PercentileSelector.symmetric(percentage());
      case ENTROPY -> EntropySelector.create();
      case MSE -> MseSelector.of(QuantizationSpec.INT8_ACTIVATION);
    };
  }
}
