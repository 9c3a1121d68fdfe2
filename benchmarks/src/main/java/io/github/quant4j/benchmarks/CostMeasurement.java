/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.quant4j.benchmarks.CostPass.PassResult;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A loaded model and the figures of the passes run with it. Not thread-safe. */
final class CostMeasurement implements AutoCloseable {
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final CostPass pass;
  private final double loadSeconds;
  private final List<Double> wallSeconds = new ArrayList<>();
  private final List<Double> processorSeconds = new ArrayList<>();
  private final List<Double> otherSeconds = new ArrayList<>();
  private final Map<String, List<Double>> choiceSeconds = new TreeMap<>();
  private PassResult last = new PassResult(0, 0, Map.of());

  private CostMeasurement(CostPass pass, double loadSeconds) {
    this.pass = pass;
    this.loadSeconds = loadSeconds;
  }

  /** Loads the model and measures that. */
  static CostMeasurement of(Supplier<CostPass> loading) {
    long start = System.nanoTime();
    CostPass pass = loading.get();
    return new CostMeasurement(pass, (System.nanoTime() - start) / 1e9);
  }

  /** Runs one more pass: from the first batch to the ranges. */
  void repeat(SampleBatches batches) throws IOException {
    double machine = MachineLoad.busySeconds();
    long processor = system.getProcessCpuTime();
    long start = System.nanoTime();
    last = pass.run(batches);
    wallSeconds.add((System.nanoTime() - start) / 1e9);
    double own = (system.getProcessCpuTime() - processor) / 1e9;
    processorSeconds.add(own);
    otherSeconds.add(Math.max(0, MachineLoad.busySeconds() - machine - own));
    last.choiceSeconds()
        .forEach(
            (method, seconds) ->
                choiceSeconds.computeIfAbsent(method, key -> new ArrayList<>()).add(seconds));
  }

  /** Returns the figures as members of a JSON object; times in seconds, one per pass. */
  String json(int batchCount) {
    String choices =
        choiceSeconds.entrySet().stream()
            .map(entry -> ", \"%sSeconds\": %s".formatted(entry.getKey(), json(entry.getValue())))
            .collect(Collectors.joining());
    return "\"tensors\": %d, \"bytesPerBatch\": %d, \"loadSeconds\": %s"
            .formatted(last.tensorCount(), last.byteCount() / batchCount, json(loadSeconds))
        + ", \"seconds\": %s, \"processorSeconds\": %s, \"otherSeconds\": %s"
            .formatted(json(wallSeconds), json(processorSeconds), json(otherSeconds))
        + choices;
  }

  private static String json(List<Double> seconds) {
    return seconds.stream().map(CostMeasurement::json).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String json(double seconds) {
    return String.format(Locale.ROOT, "%.4f", seconds);
  }

  @Override
  public void close() {
    pass.close();
  }
}
