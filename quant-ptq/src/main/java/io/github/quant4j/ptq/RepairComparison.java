/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/**
 * How far the outputs of one form of a model under repair are from those of another.
 *
 * @param of the form that is looked at
 * @param against what it is held against
 * @param outputs a comparison for each float output, in the order of the model
 */
public record RepairComparison(Subject of, Subject against, List<TensorComparison> outputs) {

  /** What has outputs to compare. */
  public enum Subject {
    /** The model as it came. */
    SOURCE,
    /** The model with its numbers mended and its pairs where they were. */
    BASELINE,
    /** The repaired model. */
    REPAIRED,
    /** The float32 model the source was made from. */
    FLOAT_MODEL,
    /** The outputs of the framework that made the source. */
    REFERENCE;

    /**
     * Returns what to call it in a sentence.
     *
     * @return lower-case words, for example "float model"
     */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * Copies the list.
   *
   * @param of the form that is looked at
   * @param against what it is held against
   * @param outputs a comparison for each float output
   */
  public RepairComparison {
    requireNonNull(of, "of");
    requireNonNull(against, "against");
    outputs = List.copyOf(outputs);
  }

  /**
   * Returns the lowest SQNR of an output.
   *
   * @return decibels, positive infinity when no output differs
   */
  public double worstSqnr() {
    return outputs.stream()
        .mapToDouble(TensorComparison::sqnrDecibels)
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** Tells whether all outputs are equal. */
  boolean isExact() {
    return outputs.stream().allMatch(output -> output.maximumAbsoluteError() == 0);
  }
}
