/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The statistics of all observed tensors of a model, sorted by tensor name.
 *
 * <p>Names are compared by their UTF-16 code units, so the order is the same everywhere. Immutable
 * and thread-safe.
 */
public final class CalibrationTable {

  private final SortedMap<String, TensorStatistics> statistics;
  private final long sampleCount;

  private CalibrationTable(SortedMap<String, TensorStatistics> statistics, long sampleCount) {
    this.statistics = statistics;
    this.sampleCount = sampleCount;
  }

  /**
   * Returns a builder of a table without tensors and with sample count 0.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the names of all tensors.
   *
   * @return an unmodifiable sorted set
   */
  public SortedSet<String> tensors() {
    return Collections.unmodifiableSortedSet(new TreeMap<>(statistics).navigableKeySet());
  }

  /**
   * Returns the statistics of one tensor.
   *
   * @param tensor its name
   * @return the statistics, or empty when the table has none of that name
   */
  public Optional<TensorStatistics> statistics(String tensor) {
    return Optional.ofNullable(statistics.get(tensor));
  }

  /**
   * Returns how many samples were run.
   *
   * @return the count, from 0
   */
  public long sampleCount() {
    return sampleCount;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CalibrationTable that
        && sampleCount == that.sampleCount
        && statistics.equals(that.statistics);
  }

  @Override
  public int hashCode() {
    return 31 * statistics.hashCode() + Long.hashCode(sampleCount);
  }

  /**
   * Returns the size of the table, not its content.
   *
   * @return e.g. {@code 24 tensors, 512 samples}
   */
  @Override
  public String toString() {
    return statistics.size() + " tensors, " + sampleCount + " samples";
  }

  /** Builds a table. Not thread-safe. */
  public static final class Builder {

    private final SortedMap<String, TensorStatistics> statistics = new TreeMap<>();
    private long sampleCount;

    private Builder() {}

    /**
     * Adds a tensor.
     *
     * @param tensor its name
     * @param statistics what was seen of it
     * @return this builder
     * @throws IllegalArgumentException if the tensor was put before
     */
    public Builder put(String tensor, TensorStatistics statistics) {
      requireNonNull(statistics, "statistics");
      if (this.statistics.putIfAbsent(tensor, statistics) != null) {
        throw new IllegalArgumentException(
            "tensor '" + tensor + "' is in the table already, expected every name once");
      }
      return this;
    }

    /**
     * Sets how many samples were run; 0 unless set.
     *
     * @param sampleCount the count, from 0
     * @return this builder
     * @throws IllegalArgumentException if the count is negative
     */
    public Builder sampleCount(long sampleCount) {
      if (sampleCount < 0) {
        throw new IllegalArgumentException(
            "sampleCount is " + sampleCount + ", expected 0 or more");
      }
      this.sampleCount = sampleCount;
      return this;
    }

    /**
     * Returns the table.
     *
     * @return a new table of all tensors put so far
     */
    public CalibrationTable build() {
      return new CalibrationTable(new TreeMap<>(statistics), sampleCount);
    }
  }
}
