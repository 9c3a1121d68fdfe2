/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.tensorrt.LayerTime;
import io.github.quant4j.tensorrt.TimingReport;
import io.github.quant4j.tensorrt.TimingStatistics;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code quant bench} found of one engine, in the figures of trtexec.
 *
 * @param file the plan
 * @param statistics milliseconds by what took them, in the order to be shown
 * @param runs the runs that were timed
 * @param layers how long each layer takes, none where that was not asked for
 */
record TimedEngine(
    FileSize file, Map<String, TimingStatistics> statistics, Runs runs, List<LayerTime> layers)
    implements Report {

  /**
   * The runs that were timed.
   *
   * @param count how many
   * @param time how long they took by the clock of the host
   * @param samplesPerSecond the throughput
   * @param warnings what makes the figures doubtful
   */
  record Runs(int count, Duration time, double samplesPerSecond, List<String> warnings) {}

  static TimedEngine of(FileSize file, TimingReport report, List<LayerTime> layers) {
    Map<String, TimingStatistics> statistics = new LinkedHashMap<>();
    statistics.put("latency", report.latency());
    statistics.put("compute", report.compute());
    statistics.put("hostToDevice", report.hostToDevice());
    statistics.put("deviceToHost", report.deviceToHost());
    statistics.put("enqueue", report.enqueue());
    Runs runs =
        new Runs(report.runCount(), report.wallTime(), report.throughput(), report.warnings());
    return new TimedEngine(file, statistics, runs, layers);
  }

  @Override
  public void writeText(TextLines text) {
    text.add("engine", file.text());
    text.add(
        "throughput",
        String.format(
            Locale.ROOT,
            "%,.0f samples/s, %,d runs in %.2f s",
            runs.samplesPerSecond(),
            runs.count(),
            seconds()));
    statistics.forEach((what, times) -> text.add(what, times.toString()));
    runs.warnings().forEach(warning -> text.add("warning", warning));
    for (LayerTime layer : layers) {
      text.add(
          "layer",
          String.format(
              Locale.ROOT,
              "%.4f ms, %4.1f %% %s",
              layer.medianMilliseconds(),
              100 * layer.share(),
              layer.layer()));
    }
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "bench");
    file.writeJson(json, "engine");
    json.writeNumberField("samplesPerSecond", runs.samplesPerSecond());
    json.writeNumberField("runs", runs.count());
    json.writeNumberField("wallSeconds", seconds());
    for (Map.Entry<String, TimingStatistics> entry : statistics.entrySet()) {
      write(json, entry.getKey(), entry.getValue());
    }
    JsonText.writeTexts(json, "warnings", runs.warnings());
    json.writeArrayFieldStart("layers");
    for (LayerTime layer : layers) {
      json.writeStartObject();
      json.writeStringField("layer", layer.layer());
      json.writeNumberField("median", layer.medianMilliseconds());
      json.writeNumberField("share", layer.share());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, String name, TimingStatistics times)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("minimum", times.minimum());
    json.writeNumberField("maximum", times.maximum());
    json.writeNumberField("mean", times.mean());
    json.writeNumberField("median", times.median());
    for (int percent : new int[] {90, 95, 99}) {
      json.writeNumberField("p" + percent, times.percentile(percent));
    }
    json.writeNumberField("coefficientOfVariation", times.coefficientOfVariation());
    json.writeEndObject();
  }

  private double seconds() {
    return runs.time().toMillis() / 1000.0;
  }
}
