/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.tensorrt.TimingRatio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Writes a comparison of engines as lines of text, in columns as wide as they need to be. */
final class ComparisonTable {
  private static final String NOTHING = "-";
  private static final double MEGABYTE = 1e6;
  private static final double MILLISECONDS_PER_SECOND = 1e3;

  private final List<List<String>> lines = new ArrayList<>();

  private ComparisonTable() {}

  static String of(EngineComparisonReport report) {
    String baseline = report.baseline().map(EngineRow::name).orElse("baseline");
    ComparisonTable table = new ComparisonTable();
    table.lines.add(
        List.of(
            "engine",
            "GPU ms",
            "time / " + baseline,
            "samples/s",
            "plan MB",
            "build s",
            "SQNR dB",
            "top-1"));
    report.rows().forEach(row -> table.lines.add(cells(row)));
    StringBuilder text = new StringBuilder();
    text.append(report.environment()).append("; batch ").append(report.batchSize()).append('\n');
    floatModel(report).ifPresent(line -> text.append(line).append('\n'));
    table.append(text);
    for (EngineRow row : report.rows()) {
      row.figures()
          .plan()
          .map(PlanFacts::notes)
          .orElse(List.of())
          .forEach(note -> text.append(row.name()).append(": ").append(note).append('\n'));
      row.failure()
          .ifPresent(
              reason -> text.append(row.name()).append(" failed: ").append(reason).append('\n'));
      row.speed()
          .ifPresent(
              speed ->
                  speed
                      .warnings()
                      .forEach(
                          warning ->
                              text.append(row.name()).append(": ").append(warning).append('\n')));
    }
    return text.append("take ").append(report.recommendation()).append('\n').toString();
  }

  /** Writes a share in [0, 1] as accuracies are usually written. */
  static String share(double share) {
    String text = format("%.4f", share);
    return text.startsWith("0") ? text.substring(1) : text;
  }

  private static Optional<String> floatModel(EngineComparisonReport report) {
    return report.rows().stream()
        .flatMap(row -> row.accuracy().stream())
        .findFirst()
        .map(
            accuracy ->
                "against the float model in ONNX Runtime on %s samples%s"
                    .formatted(
                        accuracy.sampleCount(),
                        accuracy
                            .topOne()
                            .map(topOne -> ", top-1 " + share(topOne.reference()))
                            .orElse("")));
  }

  private static List<String> cells(EngineRow row) {
    Optional<PlanFacts> plan = row.figures().plan();
    return List.of(
        row.name(),
        cell(row.speed(), speed -> format("%.4f", speed.medianMilliseconds())),
        cell(row.speed(), speed -> speed.ratio().map(ComparisonTable::interval).orElse("1")),
        cell(row.speed(), speed -> format("%.0f", speed.samplesPerSecond())),
        cell(plan, facts -> format("%.2f", facts.byteCount() / MEGABYTE)),
        cell(
            plan.flatMap(PlanFacts::buildTime).map(Duration::toMillis),
            millis -> format("%.1f", millis / MILLISECONDS_PER_SECOND)),
        cell(row.accuracy(), accuracy -> format("%.1f", accuracy.sqnrDecibels())),
        cell(row.accuracy().flatMap(EngineAccuracy::topOne), topOne -> share(topOne.quantized())));
  }

  private static <T> String cell(Optional<T> figure, Function<T, String> text) {
    return figure.map(text).orElse(NOTHING);
  }

  private static String interval(TimingRatio ratio) {
    return String.format(
        Locale.ROOT, "%.3f [%.3f, %.3f]", ratio.ratio(), ratio.lower(), ratio.upper());
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }

  private void append(StringBuilder text) {
    int columnCount = lines.get(0).size();
    int[] widths =
        IntStream.range(0, columnCount)
            .map(
                column ->
                    lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0))
            .toArray();
    for (List<String> line : lines) {
      text.append(line.get(0)).append(" ".repeat(widths[0] - line.get(0).length()));
      for (int column = 1; column < columnCount; column++) {
        String cell = line.get(column);
        text.append("  ").append(" ".repeat(widths[column] - cell.length())).append(cell);
      }
      text.append('\n');
    }
  }
}
