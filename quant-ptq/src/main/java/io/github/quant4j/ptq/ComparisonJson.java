/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.onnx.internal.JsonText;
import io.github.quant4j.tensorrt.TimingRatio;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Writes a comparison of engines as JSON; members in the order in which they are told here. */
final class ComparisonJson {
  /** More digits than any of the figures has from one run to the next. */
  private static final MathContext SIX_DIGITS = new MathContext(6, RoundingMode.HALF_EVEN);

  private final Map<String, Object> members = new LinkedHashMap<>();

  private ComparisonJson() {}

  static String of(EngineComparisonReport report) {
    ComparisonJson json = new ComparisonJson();
    json.members.put("environment", environment(report.environment()));
    json.members.put("batchSize", report.batchSize());
    report.baseline().ifPresent(row -> json.members.put("baseline", row.name()));
    json.members.put("rows", report.rows().stream().map(ComparisonJson::row).toList());
    json.members.put("recommendation", recommendation(report.recommendation()));
    return JsonText.of(json.members);
  }

  private static Map<String, Object> environment(ComparisonEnvironment environment) {
    ComparisonJson json = new ComparisonJson();
    json.members.put("gpu", environment.gpu());
    json.members.put("cudaDriverVersion", environment.cudaDriverVersion());
    json.members.put("cudaRuntimeVersion", environment.cudaRuntimeVersion());
    json.members.put("tensorRtVersion", environment.tensorRtVersion());
    return json.members;
  }

  private static Map<String, Object> recommendation(EngineRecommendation recommendation) {
    ComparisonJson json = new ComparisonJson();
    json.members.put("verdict", recommendation.verdict().name().toLowerCase(Locale.ROOT));
    recommendation.name().ifPresent(name -> json.members.put("engine", name));
    json.members.put("reason", recommendation.reason());
    return json.members;
  }

  private static Map<String, Object> row(EngineRow row) {
    ComparisonJson json = new ComparisonJson();
    json.members.put("engine", row.name());
    row.kind().ifPresent(kind -> json.members.put("kind", kind.name().toLowerCase(Locale.ROOT)));
    row.speed().ifPresent(json::put);
    row.figures().plan().ifPresent(json::put);
    row.accuracy().ifPresent(json::put);
    row.failure().ifPresent(reason -> json.members.put("failure", reason));
    return json.members;
  }

  private void put(EngineSpeed speed) {
    put("medianMilliseconds", speed.medianMilliseconds());
    speed.ratio().ifPresent(this::put);
    put("samplesPerSecond", speed.samplesPerSecond());
    if (!speed.warnings().isEmpty()) {
      members.put("warnings", speed.warnings());
    }
  }

  private void put(TimingRatio ratio) {
    put("ratio", ratio.ratio());
    put("ratioLower", ratio.lower());
    put("ratioUpper", ratio.upper());
  }

  private void put(PlanFacts plan) {
    members.put("planBytes", plan.byteCount());
    plan.buildTime().ifPresent(time -> put("buildSeconds", time.toMillis() / 1e3));
    plan.file().ifPresent(file -> members.put("file", file.toString()));
    if (!plan.notes().isEmpty()) {
      members.put("notes", plan.notes());
    }
  }

  private void put(EngineAccuracy accuracy) {
    members.put("sampleCount", accuracy.sampleCount());
    put("sqnrDecibels", accuracy.sqnrDecibels());
    accuracy
        .topOne()
        .ifPresent(
            topOne -> {
              put("topOne", topOne.quantized());
              put("topOneOfFloatModel", topOne.reference());
            });
  }

  private void put(String name, double figure) {
    members.put(
        name,
        Double.isFinite(figure)
            ? new BigDecimal(figure, SIX_DIGITS).stripTrailingZeros()
            : Double.toString(figure));
  }
}
