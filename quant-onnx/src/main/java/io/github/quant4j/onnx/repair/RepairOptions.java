/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.qdq.Target;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the user decides about a repair. Immutable. */
final class RepairOptions {
  private static final RepairOptions DEFAULTS =
      new RepairOptions(Target.TENSORRT, null, null, false);

  private final Target target;
  private final @Nullable CodeReading undecided;
  private final @Nullable CalibrationTable ranges;

  private final boolean forFloatForm;

  private RepairOptions(
      Target target,
      @Nullable CodeReading undecided,
      @Nullable CalibrationTable ranges,
      boolean forFloatForm) {
    this.target = target;
    this.undecided = undecided;
    this.ranges = ranges;
    this.forFloatForm = forFloatForm;
  }

  static RepairOptions defaults() {
    return DEFAULTS;
  }

  /** Returns the options under which activations lose their codes, so that no ranges are needed. */
  static RepairOptions floatForm() {
    return new RepairOptions(Target.TENSORRT, null, null, true);
  }

  RepairOptions withTarget(Target chosen) {
    return new RepairOptions(chosen, undecided, ranges, forFloatForm);
  }

  RepairOptions withUndecided(CodeReading chosen) {
    return new RepairOptions(target, chosen, ranges, forFloatForm);
  }

  RepairOptions withRanges(CalibrationTable chosen) {
    return new RepairOptions(target, undecided, chosen, forFloatForm);
  }

  Target target() {
    return target;
  }

  /** Returns how undecided codes are read where neither model nor data tell. */
  Optional<CodeReading> undecided() {
    return Optional.ofNullable(undecided);
  }

  /** Returns the ranges of the tensors of the float form of the model, by name. */
  Optional<CalibrationTable> ranges() {
    return Optional.ofNullable(ranges);
  }

  /** Tells whether the result is to be a float model, from which ranges are still to come. */
  boolean isForFloatForm() {
    return forFloatForm;
  }
}
