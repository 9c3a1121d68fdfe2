/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import java.util.Optional;

/**
 * What a {@link TensorCollector} holds of one tensor. Immutable.
 *
 * @param nonFiniteCount how many NaN and infinite values were seen
 * @param calibration the statistics or the histogram without a chosen range; empty where no finite
 *     value was seen
 */
record TensorState(long nonFiniteCount, Optional<TensorCalibration> calibration) {

  TensorState {
    requireNonNull(calibration, "calibration");
    if (nonFiniteCount < 0) {
      throw new IllegalArgumentException(
          "nonFiniteCount is %s, expected 0 or more".formatted(nonFiniteCount));
    }
    calibration.ifPresent(seen -> requireStored(seen, nonFiniteCount));
  }

  boolean hasHistogram() {
    return calibration.flatMap(TensorCalibration::histogram).isPresent();
  }

  private static void requireStored(TensorCalibration seen, long nonFiniteCount) {
    TensorStatistics statistics = seen.statistics().orElseThrow();
    if (seen.chosenRange().isPresent() || statistics.nonFiniteCount() != nonFiniteCount) {
      throw new IllegalArgumentException(
          "calibration %s counts %s values that are not finite, expected %s and no chosen range"
              .formatted(seen, statistics.nonFiniteCount(), nonFiniteCount));
    }
  }
}
