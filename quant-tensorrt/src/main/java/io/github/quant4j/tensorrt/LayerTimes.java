/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.Locale;

/**
 * How long every layer of an engine takes on the GPU, made by {@link EngineTimer#layers}. Immutable
 * and thread-safe.
 *
 * <p>TensorRT marks the time between layers, which keeps them from overlapping and costs some
 * microseconds each: shares tell where the time goes, and the sum is more than a run takes.
 */
public final class LayerTimes {

  private static final double PERCENT = 100;

  private final List<LayerTime> layers;
  private final int runCount;

  LayerTimes(List<LayerTime> layers, int runCount) {
    this.layers = List.copyOf(layers);
    this.runCount = runCount;
  }

  /**
   * Returns the layers.
   *
   * @return an unmodifiable list in the order of execution
   */
  public List<LayerTime> layers() {
    return layers;
  }

  /**
   * Returns how many runs were timed.
   *
   * @return the number of runs behind each median
   */
  public int runCount() {
    return runCount;
  }

  /**
   * Returns the sum of the medians of all layers.
   *
   * @return milliseconds; more than an undisturbed run takes
   */
  public double totalMilliseconds() {
    return layers.stream().mapToDouble(LayerTime::medianMilliseconds).sum();
  }

  /**
   * Returns the layers as a table.
   *
   * @return one line for every layer in the order of execution, with its median in milliseconds and
   *     its share in percent, and one for their sum
   */
  @Override
  public String toString() {
    StringBuilder table = new StringBuilder("        ms  share  layer\n");
    layers.forEach(layer -> append(table, layer));
    append(table, new LayerTime("sum of medians, " + runCount + " runs", totalMilliseconds(), 1));
    return table.toString();
  }

  private static void append(StringBuilder table, LayerTime layer) {
    table.append(
        String.format(
            Locale.ROOT,
            "%10.4f %5.1f%%  %s\n",
            layer.medianMilliseconds(),
            layer.share() * PERCENT,
            layer.layer()));
  }
}
