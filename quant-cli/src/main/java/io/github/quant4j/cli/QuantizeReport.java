/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.ptq.QuantizedModel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

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

  /** The options that shape the result and its report, and what is to be said of them. */
  record Settings(String method, String target, boolean planShown, List<String> notes) {}

  @Override
  public void writeText(TextLines text) {
    QuantizationPlan plan = result.plan();
    text.add("model", files.floatModel().text());
    text.add(
        "written",
        String.format(
            Locale.ROOT,
            "%s (%.1f %%)",
            files.int8Model().text(),
            100 * files.int8Model().ratio(files.floatModel())));
    text.add("method", settings.method() + " for " + settings.target());
    text.add(
        "nodes",
        String.format(
            Locale.ROOT, "%,d of %,d INT8", plan.quantizedNodeCount(), plan.decisions().size()));
    text.add(
        "tensors", String.format(Locale.ROOT, "%,d observed", result.table().tensors().size()));
    text.add("samples", String.format(Locale.ROOT, "%,d", result.table().sampleCount()));
    text.add("elapsed", String.format(Locale.ROOT, "%.2f s", seconds()));
    settings.notes().forEach(note -> text.add("note", note));
    plan.notes().forEach(note -> text.add("note", note));
    if (settings.planShown()) {
      plan.decisions().forEach(decision -> text.add("plan", decision.toString()));
    }
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    QuantizationPlan plan = result.plan();
    json.writeStringField("command", "quantize");
    JsonFields.file(json, "model", files.floatModel());
    JsonFields.file(json, "output", files.int8Model());
    json.writeNumberField("ratio", files.int8Model().ratio(files.floatModel()));
    json.writeStringField("method", settings.method());
    json.writeStringField("target", settings.target());
    json.writeNumberField("samples", result.table().sampleCount());
    json.writeNumberField("observedTensors", result.table().tensors().size());
    json.writeNumberField("nodes", plan.decisions().size());
    json.writeNumberField("int8Nodes", plan.quantizedNodeCount());
    writeDecisions(json, "skipped", floatDecisions(plan));
    if (settings.planShown()) {
      writeDecisions(json, "plan", plan.decisions());
    }
    json.writeArrayFieldStart("notes");
    for (String note : settings.notes()) {
      json.writeString(note);
    }
    for (String note : plan.notes()) {
      json.writeString(note);
    }
    json.writeEndArray();
    json.writeNumberField("elapsedSeconds", seconds());
  }

  private static List<NodeDecision> floatDecisions(QuantizationPlan plan) {
    return plan.decisions().stream().filter(decision -> !decision.isQuantized()).toList();
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
