/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.ptq.TensorComparison;
import io.github.quant4j.ptq.TopOneAccuracy;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What {@code quant verify} found.
 *
 * @param files the two models
 * @param comparison how far they are apart
 * @param checks the limits the user set
 * @param elapsed the time from start to end
 */
record VerifyReport(
    ModelPair files, VerificationReport comparison, List<Check> checks, Duration elapsed)
    implements Report {
  private static final int TENSORS_SHOWN = 5;

  boolean isHeld() {
    return checks.stream().allMatch(Check::isHeld);
  }

  @Override
  public void writeText(TextLines text) {
    files.floatModel().writeText(text, "float", "");
    files.int8Model().writeText(text, "int8", "");
    text.add("samples", String.format(Locale.ROOT, "%,d", comparison.sampleCount()));
    comparison.outputs().forEach(output -> text.add("output", line(output)));
    comparison.worstTensors(TENSORS_SHOWN).forEach(tensor -> text.add("worst", line(tensor)));
    comparison.topOne().ifPresent(topOne -> text.add("top-1", line(topOne)));
    checks.forEach(check -> text.add("check", check.text()));
    text.add("elapsed", String.format(Locale.ROOT, "%.2f s", seconds()));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "verify");
    files.floatModel().writeJson(json, "float");
    files.int8Model().writeJson(json, "int8");
    json.writeNumberField("samples", comparison.sampleCount());
    writeTensors(json, "outputs", comparison.outputs());
    writeTensors(json, "worstTensors", comparison.worstTensors(TENSORS_SHOWN));
    if (comparison.topOne().isPresent()) {
      writeTopOne(json, comparison.topOne().get());
    }
    json.writeArrayFieldStart("checks");
    for (Check check : checks) {
      json.writeStartObject();
      json.writeStringField("option", check.option());
      json.writeNumberField("limit", check.limit());
      json.writeNumberField("found", check.found());
      json.writeBooleanField("held", check.isHeld());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeBooleanField("held", isHeld());
    json.writeNumberField("elapsedSeconds", seconds());
  }

  private static String line(TensorComparison tensor) {
    return String.format(
        Locale.ROOT,
        "%s: SQNR %.2f dB, cosine %.6f, largest error %.4g",
        tensor.name(),
        tensor.sqnrDecibels(),
        tensor.cosineSimilarity(),
        tensor.maximumAbsoluteError());
  }

  private static String line(TopOneAccuracy topOne) {
    return String.format(
        Locale.ROOT,
        "float %.2f %%, INT8 %.2f %%, drop %.2f points, agreement %.2f %%",
        100 * topOne.reference(),
        100 * topOne.quantized(),
        topOne.dropPoints(),
        100 * agreement(topOne));
  }

  private static double agreement(TopOneAccuracy topOne) {
    return (double) topOne.agreeing() / topOne.sampleCount();
  }

  private static void writeTensors(JsonGenerator json, String name, List<TensorComparison> tensors)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (TensorComparison tensor : tensors) {
      json.writeStartObject();
      json.writeStringField("tensor", tensor.name());
      json.writeNumberField("sqnrDecibels", tensor.sqnrDecibels());
      json.writeNumberField("cosineSimilarity", tensor.cosineSimilarity());
      json.writeNumberField("maximumAbsoluteError", tensor.maximumAbsoluteError());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeTopOne(JsonGenerator json, TopOneAccuracy topOne) throws IOException {
    json.writeObjectFieldStart("topOne");
    json.writeNumberField("float", topOne.reference());
    json.writeNumberField("int8", topOne.quantized());
    json.writeNumberField("dropPoints", topOne.dropPoints());
    json.writeNumberField("agreement", agreement(topOne));
    json.writeEndObject();
  }

  private double seconds() {
    return elapsed.toMillis() / 1000.0;
  }
}
