/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.tensorrt.EnginePlan;
import io.github.quant4j.tensorrt.OutputAgreement;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What {@code quant build} made.
 *
 * @param model the model
 * @param written the plan
 * @param built how it was built
 * @param elapsed the time from start to end
 */
record BuildReport(ModelFiles model, FileSize written, Built built, Duration elapsed)
    implements Report {

  /**
   * What is known of a build.
   *
   * @param options the options in words
   * @param machine the GPU and the version of TensorRT
   * @param time how long TensorRT took
   * @param agreements how near the outputs are to those of ONNX Runtime, none where not compared
   * @param warnings what TensorRT warned of
   */
  record Built(
      String options,
      String machine,
      Duration time,
      List<OutputAgreement> agreements,
      List<String> warnings) {

    static Built of(EnginePlan plan) {
      return new Built(
          plan.options(),
          plan.device().name() + ", TensorRT " + plan.tensorRtVersion(),
          plan.buildTime(),
          plan.agreements(),
          plan.warnings());
    }
  }

  @Override
  public void writeText(TextLines text) {
    model.writeText(text, "model", "");
    text.add("written", written.text());
    text.add("options", built.options());
    text.add("machine", built.machine());
    built.agreements().forEach(agreement -> text.add("check", agreement.toString()));
    if (built.agreements().isEmpty()) {
      text.add("check", "not compared with ONNX Runtime");
    }
    built.warnings().forEach(warning -> text.add("warning", warning));
    text.add("build", String.format(Locale.ROOT, "%.2f s", seconds(built.time())));
    text.add("elapsed", String.format(Locale.ROOT, "%.2f s", seconds(elapsed)));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "build");
    model.writeJson(json, "model");
    written.writeJson(json, "output");
    json.writeStringField("options", built.options());
    json.writeStringField("machine", built.machine());
    json.writeArrayFieldStart("outputs");
    for (OutputAgreement agreement : built.agreements()) {
      json.writeStartObject();
      json.writeStringField("output", agreement.output());
      json.writeNumberField("sqnrDecibels", agreement.sqnrDecibels());
      json.writeNumberField("largestDifference", agreement.largestDifference());
      json.writeNumberField("nonFiniteCount", agreement.nonFiniteCount());
      json.writeNumberField("equalShare", agreement.equalShare());
      json.writeEndObject();
    }
    json.writeEndArray();
    JsonText.writeTexts(json, "warnings", built.warnings());
    json.writeNumberField("buildSeconds", seconds(built.time()));
    json.writeNumberField("elapsedSeconds", seconds(elapsed));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }
}
