/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import io.github.quant4j.onnx.repair.RepairReport;
import io.github.quant4j.ptq.RepairComparison;
import io.github.quant4j.ptq.RepairComparison.Subject;
import io.github.quant4j.ptq.RepairVerification;
import io.github.quant4j.ptq.TensorComparison;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code quant repair} did.
 *
 * @param files the model read and the one written
 * @param report what was found and what became of it
 * @param verification what came out when the models were run, empty when none was
 * @param elapsed the time from start to end
 */
record RepairSummary(
    Files files, RepairReport report, Optional<RepairVerification> verification, Duration elapsed)
    implements Report {

  /** The model read, and the one written unless it was a dry run. */
  record Files(ModelFiles source, Optional<ModelFiles> repaired) {}

  @Override
  public void writeText(TextLines text) {
    files.source().writeText(text, "model", "");
    files.repaired().ifPresent(written -> written.writeText(text, "written", ""));
    text.add("before", report.before().toString());
    text.add(files.repaired().isPresent() ? "after" : "would be", report.after().toString());
    writeCounts(text, Outcome.REPAIRED);
    writeCounts(text, Outcome.KEPT);
    report.refused().forEach(finding -> text.add("left", finding.toString()));
    verification.ifPresent(found -> writeText(text, found));
    text.add("elapsed", String.format(Locale.ROOT, "%.2f s", seconds()));
  }

  /** Adds a line for each rule with findings of one outcome, in the order of the rules. */
  private void writeCounts(TextLines text, Outcome outcome) {
    Map<Defect, Integer> counts = new EnumMap<>(Defect.class);
    report.findings().stream()
        .filter(finding -> finding.remedy().outcome() == outcome)
        .forEach(finding -> counts.merge(finding.defect(), 1, Integer::sum));
    counts.forEach(
        (defect, count) ->
            text.add(
                ChoiceConverter.word(outcome),
                String.format(Locale.ROOT, "%,d x %s %s", count, defect.id(), defect.title())));
  }

  private static void writeText(TextLines text, RepairVerification found) {
    if (found.sampleCount() == 0) {
      text.add("samples", "none could be made, the inputs are of unknown size; give --data");
      return;
    }
    text.add(
        "samples",
        String.format(
            Locale.ROOT, "%,d%s", found.sampleCount(), found.isSynthetic() ? ", synthetic" : ""));
    for (RepairComparison comparison : found.comparisons()) {
      for (TensorComparison output : comparison.outputs()) {
        text.add(comparison.of().words(), line(comparison.against(), output));
      }
    }
  }

  private static String line(Subject against, TensorComparison output) {
    String place = "%s against %s: ".formatted(output.name(), against.words());
    return output.maximumAbsoluteError() == 0
        ? place + "equal"
        : place
            + String.format(
                Locale.ROOT,
                "SQNR %.2f dB, largest error %.4g",
                output.sqnrDecibels(),
                output.maximumAbsoluteError());
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "repair");
    files.source().writeJson(json, "model");
    if (files.repaired().isPresent()) {
      files.repaired().get().writeJson(json, "output");
    }
    json.writeFieldName("report");
    json.writeRawValue(report.toJson().strip());
    if (verification.isPresent()) {
      writeJson(json, verification.get());
    }
    json.writeNumberField("elapsedSeconds", seconds());
  }

  private static void writeJson(JsonGenerator json, RepairVerification found) throws IOException {
    json.writeObjectFieldStart("verification");
    json.writeNumberField("samples", found.sampleCount());
    json.writeBooleanField("synthetic", found.isSynthetic());
    json.writeArrayFieldStart("comparisons");
    for (RepairComparison comparison : found.comparisons()) {
      for (TensorComparison output : comparison.outputs()) {
        json.writeStartObject();
        json.writeStringField("of", comparison.of().words());
        json.writeStringField("against", comparison.against().words());
        json.writeStringField("output", output.name());
        json.writeNumberField("sqnrDecibels", output.sqnrDecibels());
        json.writeNumberField("maximumAbsoluteError", output.maximumAbsoluteError());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private double seconds() {
    return elapsed.toMillis() / 1000.0;
  }
}
