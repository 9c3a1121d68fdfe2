/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Engines that were timed in turn, so that what changes on the machine meanwhile touches them all.
 * Immutable and thread-safe.
 */
public final class TimingComparison {

  private final Map<String, TimingReport> reports;
  private final List<TimingRatio> ratios;

  private TimingComparison(Map<String, TimingReport> reports, List<TimingRatio> ratios) {
    this.reports = Collections.unmodifiableMap(reports);
    this.ratios = List.copyOf(ratios);
  }

  /**
   * Takes together what was timed.
   *
   * @param rounds engine name to one series for every round, the baseline first
   * @param batchSizes engine name to batch size
   */
  static TimingComparison of(Map<String, List<TimingSeries>> rounds, Map<String, Long> batchSizes) {
    Map<String, TimingReport> reports = new LinkedHashMap<>();
    List<TimingRatio> ratios = new ArrayList<>();
    double[] baseline = null;
    for (Map.Entry<String, List<TimingSeries>> entry : rounds.entrySet()) {
      String name = entry.getKey();
      reports.put(
          name,
          TimingReport.of(
              TimingSeries.joined(entry.getValue()), batchSizes.getOrDefault(name, 1L)));
      double[] medians =
          entry.getValue().stream().mapToDouble(TimingSeries::computeMedian).toArray();
      if (baseline == null) {
        baseline = medians;
      } else {
        ratios.add(TimingRatio.of(name, medians, baseline));
      }
    }
    return new TimingComparison(reports, ratios);
  }

  /**
   * Returns the figures of every engine over all rounds.
   *
   * @return engine name to report, unmodifiable, in the order given
   */
  public Map<String, TimingReport> reports() {
    return reports;
  }

  /**
   * Returns how the engines after the first one relate to the first one: medians on the GPU.
   *
   * @return an unmodifiable list in the order given
   */
  public List<TimingRatio> ratios() {
    return ratios;
  }

  /**
   * Returns all medians and ratios.
   *
   * @return one line
   */
  @Override
  public String toString() {
    return reports + ", ratios " + ratios;
  }
}
