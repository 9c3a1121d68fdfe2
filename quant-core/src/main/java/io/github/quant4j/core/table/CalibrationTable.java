/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.range.RangeSelector;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What calibration found of all observed tensors of a model, sorted by tensor name.
 *
 * <p>Names are compared by their UTF-16 code units, so the order is the same everywhere, and no two
 * orders of insertion give different tables. A name has 1 to 65,535 characters of well-formed
 * Unicode; line breaks, colons and spaces are allowed. Immutable and thread-safe.
 *
 * @see CalibrationTableJson
 * @see TensorRtCalibrationCache
 * @see OnnxRuntimeCalibrationTable
 */
public final class CalibrationTable {

  private final SortedMap<String, TensorCalibration> calibrations;
  private final Provenance provenance;

  private CalibrationTable(
      SortedMap<String, TensorCalibration> calibrations, Provenance provenance) {
    this.calibrations = calibrations;
    this.provenance = provenance;
  }

  /**
   * Returns a builder of a table without tensors and provenance.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the table of all samples from the tables of disjoint parts of them: bit for bit the one
   * that a calibration of all samples had given, whatever the parts and their order.
   *
   * <ul>
   *   <li>Statistics and histograms combine as {@link TensorCalibration#combine} says. A tensor
   *       that some tables do not have, as it had no finite value there, is that of the others; NaN
   *       and infinite values beside which no finite one was seen are in no table and so not
   *       counted.
   *   <li>Chosen ranges and the method are dropped: choose again with {@link #withRanges}.
   *   <li>Sample counts add up. The model digest is the one that all tables name which name one;
   *       versions of library and runtime stay where all tables agree; the digest of the data is
   *       dropped unless there is one table.
   * </ul>
   *
   * <p>Cost: one pass over the bins of all tables.
   *
   * @param tables the tables, at least one
   * @return the merged table
   * @throws IllegalArgumentException if there is no table
   * @throws TableMergeException if model digests differ, a tensor has a chosen range alone or a
   *     histogram in some tables only, or counts add up to more than 2^63 - 1
   */
  public static CalibrationTable merge(Collection<CalibrationTable> tables) {
    Iterator<CalibrationTable> iterator = tables.iterator();
    if (!iterator.hasNext()) {
      throw new IllegalArgumentException("tables is empty, expected at least one");
    }
    TableMerge merge = new TableMerge(iterator.next());
    iterator.forEachRemaining(merge::add);
    return merge.merged();
  }

  /**
   * Returns the names of all tensors.
   *
   * @return an unmodifiable sorted set
   */
  public SortedSet<String> tensors() {
    return Collections.unmodifiableSortedSet(new TreeMap<>(calibrations).navigableKeySet());
  }

  /**
   * Returns all that is known of one tensor.
   *
   * @param tensor its name
   * @return the calibration, or empty when the table has none of that name
   */
  public Optional<TensorCalibration> calibration(String tensor) {
    return Optional.ofNullable(calibrations.get(tensor));
  }

  /**
   * Returns the statistics of one tensor.
   *
   * @param tensor its name
   * @return the statistics, or empty when the table has none of that name
   */
  public Optional<TensorStatistics> statistics(String tensor) {
    return calibration(tensor).flatMap(TensorCalibration::statistics);
  }

  /**
   * Returns the range to quantize one tensor with.
   *
   * @param tensor its name
   * @return the chosen range, else from the smallest to the largest value seen; empty when the
   *     table has none of that name
   */
  public Optional<ValueRange> range(String tensor) {
    return calibration(tensor).map(TensorCalibration::range);
  }

  /**
   * Returns a table whose ranges are chosen anew from its histograms, without running a model. The
   * statistics and histograms stay, so another method can choose again; a tensor without a
   * histogram keeps its range.
   *
   * @param method the name of the method, for the provenance
   * @param selector the method
   * @return a changed copy
   */
  public CalibrationTable withRanges(String method, RangeSelector selector) {
    SortedMap<String, TensorCalibration> changed = new TreeMap<>(calibrations);
    changed.replaceAll(
        (tensor, calibration) ->
            calibration
                .histogram()
                .map(histogram -> calibration.withRange(selector.select(histogram)))
                .orElse(calibration));
    return new CalibrationTable(changed, provenance.withMethod(method));
  }

  /**
   * Returns the tensors of which no histogram is kept, so that {@link #withRanges} leaves their
   * range as it is.
   *
   * @return an unmodifiable sorted set
   */
  public SortedSet<String> tensorsWithoutHistogram() {
    SortedSet<String> without = new TreeSet<>();
    calibrations.forEach(
        (tensor, calibration) -> {
          if (calibration.histogram().isEmpty()) {
            without.add(tensor);
          }
        });
    return Collections.unmodifiableSortedSet(without);
  }

  /**
   * Returns a table of the same tensors that states another origin.
   *
   * @param stated the provenance
   * @return a changed copy
   */
  public CalibrationTable withProvenance(Provenance stated) {
    return new CalibrationTable(calibrations, requireNonNull(stated, "stated"));
  }

  /**
   * Returns where the table comes from.
   *
   * @return the provenance
   */
  public Provenance provenance() {
    return provenance;
  }

  /**
   * Returns how many samples were run.
   *
   * @return the count of the provenance, from 0
   */
  public long sampleCount() {
    return provenance.sampleCount();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CalibrationTable that
        && provenance.equals(that.provenance)
        && calibrations.equals(that.calibrations);
  }

  @Override
  public int hashCode() {
    return 31 * calibrations.hashCode() + provenance.hashCode();
  }

  /**
   * Returns the size of the table, not its content.
   *
   * @return e.g. {@code 24 tensors, 512 samples}
   */
  @Override
  public String toString() {
    return calibrations.size() + " tensors, " + sampleCount() + " samples";
  }

  /** Builds a table. Not thread-safe. */
  public static final class Builder {

    private final SortedMap<String, TensorCalibration> calibrations = new TreeMap<>();
    private Provenance provenance = Provenance.builder().build();

    private Builder() {}

    /**
     * Adds a tensor.
     *
     * @param tensor its name
     * @param calibration what is known of it
     * @return this builder
     * @throws IllegalArgumentException if the tensor was put before, or the name is empty, longer
     *     than 65,535 characters or no well-formed Unicode
     */
    public Builder put(String tensor, TensorCalibration calibration) {
      requireNonNull(calibration, "calibration");
      TableText.requireValid("name of a tensor", tensor);
      if (calibrations.putIfAbsent(tensor, calibration) != null) {
        throw new IllegalArgumentException(
            "tensor "
                + TableText.quoted(tensor)
                + " is in the table already, expected every name once");
      }
      return this;
    }

    /**
     * Adds a tensor of which only statistics are known.
     *
     * @param tensor its name
     * @param statistics what was seen of it
     * @return this builder
     * @throws IllegalArgumentException as the other put
     */
    public Builder put(String tensor, TensorStatistics statistics) {
      return put(tensor, TensorCalibration.of(statistics));
    }

    /**
     * Sets where the table comes from, its sample count included.
     *
     * @param provenance the provenance
     * @return this builder
     */
    public Builder provenance(Provenance provenance) {
      this.provenance = requireNonNull(provenance, "provenance");
      return this;
    }

    /**
     * Sets how many samples were run, in the provenance; 0 unless set.
     *
     * @param sampleCount the count, from 0
     * @return this builder
     * @throws IllegalArgumentException if the count is negative
     */
    public Builder sampleCount(long sampleCount) {
      this.provenance = provenance.withSampleCount(sampleCount);
      return this;
    }

    /**
     * Returns the table.
     *
     * @return a new table of all tensors put so far
     */
    public CalibrationTable build() {
      return new CalibrationTable(new TreeMap<>(calibrations), provenance);
    }
  }
}
