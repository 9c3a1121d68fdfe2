/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.onnx.qdq.Int8Share;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.ptq.QuantizedModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What {@code quant quantize} did.
 *
 * @param files the model read and the one written
 * @param settings how it was quantized
 * @param result the model with its plan and ranges
 * @param elapsed the time from start to end
 */
record QuantizeReport(ModelPair files, Settings settings, QuantizedModel result, Duration elapsed)
    implements Report {
  private static final String RULE_OF_MEASURED_NOISE = "P54";
  private static final int REASONS_SHOWN = 3;

  /** What shapes the result and its report. */
  record Settings(
      String method,
      PlanOptions plan,
      PrecisionOptions precision,
      Optional<TableFile> table,
      boolean hasSamples,
      boolean planShown) {
    String target() {
      return ChoiceConverter.word(plan.target());
    }
  }

  @Override
  public void writeText(TextLines text) {
    QuantizationPlan plan = result.plan();
    files.floatModel().writeText(text, "model", "");
    files
        .int8Model()
        .writeText(text, "written", String.format(Locale.ROOT, " (%.1f %%)", 100 * files.ratio()));
    text.add("method", settings.method() + " for " + settings.target());
    text.add("precision", precisionText());
    text.add(
        "nodes",
        String.format(
            Locale.ROOT, "%,d of %,d INT8", plan.quantizedNodeCount(), plan.decisions().size()));
    text.add("arithmetic", arithmeticText());
    text.add("accuracy", accuracyText());
    leftForAccuracy()
        .forEach(
            node -> text.add(node.opType() + " \"" + node.node() + "\": " + node.why().text()));
    settings.table().ifPresent(read -> text.add("ranges", read.text()));
    text.add(
        "tensors",
        String.format(
            Locale.ROOT,
            settings.table().isPresent() ? "%,d in the table" : "%,d observed",
            result.table().tensors().size()));
    text.add("samples", String.format(Locale.ROOT, "%,d", result.table().sampleCount()));
    text.add("elapsed", String.format(Locale.ROOT, "%.2f s", seconds()));
    notes().forEach(note -> text.add("note", note));
    if (settings.planShown()) {
      plan.decisions().forEach(decision -> text.add("plan", decision.toString()));
    }
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    QuantizationPlan plan = result.plan();
    json.writeStringField("command", "quantize");
    files.floatModel().writeJson(json, "model");
    files.int8Model().writeJson(json, "output");
    json.writeNumberField("ratio", files.ratio());
    writeSettings(json);
    json.writeNumberField("samples", result.table().sampleCount());
    json.writeNumberField("observedTensors", result.table().tensors().size());
    json.writeNumberField("nodes", plan.decisions().size());
    json.writeNumberField("int8Nodes", plan.quantizedNodeCount());
    writeArithmetic(json);
    writeDecisions(json, "leftForAccuracy", leftForAccuracy());
    writeDecisions(json, "skipped", decisions(decision -> !decision.isQuantized()));
    if (settings.planShown()) {
      writeDecisions(json, "plan", plan.decisions());
    }
    JsonText.writeTexts(json, "notes", notes());
    json.writeNumberField("elapsedSeconds", seconds());
  }

  private String precisionText() {
    PrecisionOptions precision = settings.precision();
    return "profile %s, build mode %s, weights %s"
        .formatted(
            ChoiceConverter.word(settings.plan().profile()),
            ChoiceConverter.word(settings.plan().buildMode()),
            ChoiceConverter.word(precision.weightForm()));
  }

  private String arithmeticText() {
    return result
        .int8Share()
        .map(
            share ->
                String.format(Locale.ROOT, "%.1f %% of multiply-adds INT8", 100 * share.value()))
        .orElse(isQuantized() ? "not known, an operator's shapes are not" : "none INT8");
  }

  private String accuracyText() {
    if (!isMeasured()) {
      return "not measured";
    }
    Double share = settings.precision().smallestInt8Share();
    String limit =
        share == null
            ? ""
            : String.format(Locale.ROOT, ", at least %.1f %% of multiply-adds INT8", 100 * share);
    return String.format(
        Locale.ROOT,
        "goal %.1f dB%s, %,d operators left float for it",
        settings.precision().accuracyTarget(),
        limit,
        leftForAccuracy().size());
  }

  private boolean isMeasured() {
    return isQuantized() && settings.hasSamples() && settings.precision().accuracyTarget() > 0;
  }

  private boolean isQuantized() {
    return !result.plan().activationPairs().isEmpty();
  }

  private List<NodeDecision> leftForAccuracy() {
    return decisions(decision -> decision.why().ruleId().equals(RULE_OF_MEASURED_NOISE));
  }

  private List<NodeDecision> decisions(Predicate<NodeDecision> isWanted) {
    return result.plan().decisions().stream().filter(isWanted).toList();
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!isQuantized()) {
      String reasons = mostFrequentReasons();
      notes.add(
          "nothing is quantized, the model is written as it was read"
              + (reasons.isEmpty() ? "" : ": " + reasons));
    }
    settings.table().ifPresent(read -> read.losses().forEach(loss -> notes.add("table: " + loss)));
    if (isQuantized() && !settings.hasSamples()) {
      notes.add("accuracy is not measured and no bias corrected without samples; give --data");
    }
    notes.addAll(result.plan().notes());
    return notes;
  }

  private String mostFrequentReasons() {
    Map<String, Long> counts =
        result.plan().decisions().stream()
            .map(NodeDecision::why)
            .collect(Collectors.groupingBy(Object::toString, Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(REASONS_SHOWN)
        .map(reason -> reason.getValue() + " x " + reason.getKey())
        .collect(Collectors.joining(", "));
  }

  private void writeSettings(JsonGenerator json) throws IOException {
    PrecisionOptions precision = settings.precision();
    json.writeStringField("method", settings.method());
    json.writeStringField("target", settings.target());
    json.writeStringField("profile", ChoiceConverter.word(settings.plan().profile()));
    json.writeStringField("buildMode", ChoiceConverter.word(settings.plan().buildMode()));
    json.writeStringField("weights", ChoiceConverter.word(precision.weightForm()));
    json.writeNumberField("accuracyTarget", precision.accuracyTarget());
    Double share = precision.smallestInt8Share();
    if (share == null) {
      json.writeNullField("minInt8Share");
    } else {
      json.writeNumberField("minInt8Share", share);
    }
    if (settings.table().isEmpty()) {
      json.writeNullField("table");
    } else {
      settings.table().get().file().writeJson(json, "table");
    }
  }

  private void writeArithmetic(JsonGenerator json) throws IOException {
    Optional<Int8Share> share = result.int8Share();
    if (share.isEmpty()) {
      json.writeNullField("arithmetic");
      return;
    }
    json.writeObjectFieldStart("arithmetic");
    json.writeNumberField("multiplyAdds", share.get().total());
    json.writeNumberField("int8MultiplyAdds", share.get().int8());
    json.writeNumberField("int8Share", share.get().value());
    json.writeEndObject();
  }

  private static void writeDecisions(JsonGenerator json, String name, List<NodeDecision> decisions)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (NodeDecision decision : decisions) {
      json.writeStartObject();
      json.writeStringField("node", decision.node());
      json.writeStringField("operator", decision.opType());
      json.writeBooleanField("int8", decision.isQuantized());
      json.writeStringField("rule", decision.why().ruleId());
      json.writeStringField("reason", decision.why().text());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private double seconds() {
    return elapsed.toMillis() / 1000.0;
  }
}
