/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a calibration table knows of one tensor: its statistics, its histogram, and the range that
 * was chosen for its codes. At least one of them is there, and with a histogram always the
 * statistics. Immutable and thread-safe.
 */
public final class TensorCalibration {

  private final @Nullable TensorStatistics statistics;
  private final @Nullable HistogramSnapshot histogram;
  private final @Nullable ValueRange chosenRange;

  private TensorCalibration(
      @Nullable TensorStatistics statistics,
      @Nullable HistogramSnapshot histogram,
      @Nullable ValueRange chosenRange) {
    this.statistics = statistics;
    this.histogram = histogram;
    this.chosenRange = chosenRange;
  }

  /**
   * Returns a calibration of statistics alone.
   *
   * @param statistics what was seen of the tensor
   * @return the calibration
   */
  public static TensorCalibration of(TensorStatistics statistics) {
    return new TensorCalibration(requireNonNull(statistics, "statistics"), null, null);
  }

  /**
   * Returns a calibration of a histogram and the statistics that follow from it.
   *
   * @param histogram the histogram of the tensor, with at least one finite value
   * @return the calibration
   * @throws IllegalArgumentException if the histogram is empty
   */
  public static TensorCalibration of(HistogramSnapshot histogram) {
    if (histogram.isEmpty()) {
      throw new IllegalArgumentException(
          "histogram has no finite value, expected at least one; leave the tensor out instead");
    }
    TensorStatistics statistics =
        new TensorStatistics(
            histogram.minimum(),
            histogram.maximum(),
            histogram.count(),
            histogram.nonFiniteCount());
    return new TensorCalibration(statistics, histogram, null);
  }

  /**
   * Returns a calibration of a range alone, as other tools' tables hold it.
   *
   * @param range the chosen range
   * @return the calibration
   */
  public static TensorCalibration of(ValueRange range) {
    return new TensorCalibration(null, null, requireNonNull(range, "range"));
  }

  /**
   * Returns the same calibration with another chosen range.
   *
   * @param range the chosen range; may lie inside the seen one or reach beyond it
   * @return a changed copy
   */
  public TensorCalibration withRange(ValueRange range) {
    return new TensorCalibration(statistics, histogram, requireNonNull(range, "range"));
  }

  /**
   * Returns what was seen of the tensor here and in other samples, as one pass over both had given
   * it, bit for bit; see {@link HistogramSnapshot#combine} for why. Chosen ranges are dropped, for
   * neither was chosen from all samples.
   *
   * @param other the calibration of the same tensor from other samples
   * @return the combined calibration without a chosen range
   * @throws IllegalArgumentException if one has no statistics, or one a histogram and the other not
   * @throws ArithmeticException if a count exceeds 2^63 - 1
   */
  public TensorCalibration combine(TensorCalibration other) {
    TensorStatistics combined = requireStatistics().combine(other.requireStatistics());
    if (histogram == null && other.histogram == null) {
      return of(combined);
    }
    if (histogram == null || other.histogram == null) {
      throw new IllegalArgumentException(
          "one calibration has a histogram and the other none, expected both or none to have one; "
              + "calibrate all samples with the same settings");
    }
    return of(histogram.combine(other.histogram));
  }

  /** Returns what was seen alone, without a chosen range. */
  TensorCalibration seen() {
    return new TensorCalibration(requireStatistics(), histogram, null);
  }

  private TensorStatistics requireStatistics() {
    if (statistics == null) {
      throw new IllegalArgumentException(
          "calibration has a chosen range alone, expected statistics to combine; "
              + "another tool's range does not tell what was seen");
    }
    return statistics;
  }

  /**
   * Returns what was seen of the tensor.
   *
   * @return the statistics, or empty when only a range is known
   */
  public Optional<TensorStatistics> statistics() {
    return Optional.ofNullable(statistics);
  }

  /**
   * Returns the histogram of the tensor.
   *
   * @return the histogram, or empty when none was kept
   */
  public Optional<HistogramSnapshot> histogram() {
    return Optional.ofNullable(histogram);
  }

  /**
   * Returns the range that was chosen.
   *
   * @return the range, or empty when none was chosen
   */
  public Optional<ValueRange> chosenRange() {
    return Optional.ofNullable(chosenRange);
  }

  /**
   * Returns the range to quantize with.
   *
   * @return the chosen range; without one, from the smallest to the largest value seen
   */
  public ValueRange range() {
    return chosenRange != null
        ? chosenRange
        : requireNonNull(statistics, "statistics without a chosen range").range();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorCalibration that
        && Objects.equals(statistics, that.statistics)
        && Objects.equals(histogram, that.histogram)
        && Objects.equals(chosenRange, that.chosenRange);
  }

  @Override
  public int hashCode() {
    return Objects.hash(statistics, histogram, chosenRange);
  }

  /**
   * Returns the range and where it comes from.
   *
   * @return e.g. {@code [-1.0, 3.0], chosen}
   */
  @Override
  public String toString() {
    ValueRange range = range();
    return "[%s, %s], %s"
        .formatted(range.minimum(), range.maximum(), chosenRange != null ? "chosen" : "seen");
  }
}
