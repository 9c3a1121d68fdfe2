/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.util.ResizableDoubleArray;

/**
 * Collects what TensorRT tells of the layers of one run after another. Not thread-safe.
 *
 * <p>Runs are laid over one another in the order of execution, so that layers of one name stay
 * apart, and a layer that some runs leave out, such as one in a branch, has its place.
 */
final class LayerTimeRecorder {

  private final List<String> names = new ArrayList<>();
  private final List<ResizableDoubleArray> times = new ArrayList<>();

  /** Where the next layer of this run is looked for first. */
  private int next;

  private int runCount;

  /** Takes note of one layer of the run that is under way. */
  void report(String layer, double milliseconds) {
    int index = next;
    while (index < names.size() && !names.get(index).equals(layer)) {
      index++;
    }
    if (index == names.size()) {
      index = next;
      names.add(index, layer);
      times.add(index, new ResizableDoubleArray());
    }
    times.get(index).addElement(milliseconds);
    next = index + 1;
  }

  /** Runs for some time, and at least so often. */
  void runFor(ProfiledRuns runs, long nanos, int minimumCount) {
    long start = runs.nanoTime();
    do {
      runs.run();
      endRun();
    } while (runs.nanoTime() - start < nanos || runCount < minimumCount);
  }

  /** Takes note that a run is over. */
  void endRun() {
    next = 0;
    runCount++;
  }

  /** Forgets all runs. */
  void clear() {
    names.clear();
    times.clear();
    next = 0;
    runCount = 0;
  }

  /** The medians of all runs. */
  LayerTimes times() {
    List<TimingStatistics> statistics =
        times.stream().map(time -> TimingStatistics.of(time.getElements())).toList();
    double total = statistics.stream().mapToDouble(TimingStatistics::median).sum();
    List<LayerTime> layers = new ArrayList<>();
    for (int index = 0; index < names.size(); index++) {
      double median = statistics.get(index).median();
      layers.add(new LayerTime(names.get(index), median, total > 0 ? median / total : 0));
    }
    return new LayerTimes(layers, runCount);
  }
}
