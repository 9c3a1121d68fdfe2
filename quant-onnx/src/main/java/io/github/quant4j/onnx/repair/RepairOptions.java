/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.qdq.Target;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the user decides about a repair. Immutable. */
final class RepairOptions {
  private static final RepairOptions DEFAULTS = new RepairOptions(Target.TENSORRT, null, null);

  private final Target target;
  private final @Nullable CodeReading undecided;
  private final @Nullable CalibrationTable ranges;

  private RepairOptions(
      Target target, @Nullable CodeReading undecided, @Nullable CalibrationTable ranges) {
    this.target = target;
    this.undecided = undecided;
    this.ranges = ranges;
  }

  static RepairOptions defaults() {
    return DEFAULTS;
  }

  RepairOptions withTarget(Target chosen) {
    return new RepairOptions(chosen, undecided, ranges);
  }

  RepairOptions withUndecided(CodeReading chosen) {
    return new RepairOptions(target, chosen, ranges);
  }

  RepairOptions withRanges(CalibrationTable chosen) {
    return new RepairOptions(target, undecided, chosen);
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
}
