/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.tensorrt.EngineCheckResult;
import io.github.quant4j.tensorrt.EngineExpectation;
import io.github.quant4j.tensorrt.EngineFinding;
import io.github.quant4j.tensorrt.EngineInspection;
import io.github.quant4j.tensorrt.EngineLayer;
import io.github.quant4j.tensorrt.EngineTensor;
import io.github.quant4j.tensorrt.LayerPrecision;
import io.github.quant4j.tensorrt.LayerTensor;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@code quant inspect} shows of an engine.
 *
 * @param file the plan
 * @param inputs what the engine takes
 * @param outputs what it gives
 * @param profiles the shapes it takes
 * @param inspection its layers
 */
record EngineReport(
    FileSize file,
    List<EngineTensor> inputs,
    List<EngineTensor> outputs,
    List<ShapeProfile> profiles,
    EngineInspection inspection)
    implements Report {

  @Override
  public void writeText(TextLines text) {
    text.add("engine", file.text());
    inputs.forEach(input -> text.add("input", input.toString()));
    outputs.forEach(output -> text.add("output", output.toString()));
    if (inputs.stream().anyMatch(EngineTensor::isDynamic)) {
      profiles.forEach(profile -> text.add("shapes", shapes(profile)));
    }
    text.add(
        "layers",
        String.format(
            Locale.ROOT,
            "%,d: %,d that change type or layout, %,d element by element, %,d without work",
            inspection.layers().size(),
            inspection.reformatCount(),
            inspection.pointwiseCount(),
            inspection.noOpCount()));
    text.add(
        "reading",
        inspection.layersByPrecision().entrySet().stream()
            .map(entry -> ChoiceConverter.word(entry.getKey()) + " " + entry.getValue())
            .collect(Collectors.joining(", ")));
    checks().forEach(result -> writeCheck(text, result));
    if (!inspection.hasDetails()) {
      text.add("note", "the engine was built without details of its layers: types are not known");
    }
    inspection.layers().forEach(layer -> text.add("layer", line(layer)));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "inspect");
    file.writeJson(json, "engine");
    writeTensors(json, "inputs", inputs);
    writeTensors(json, "outputs", outputs);
    JsonText.writeTexts(json, "profiles", profiles.stream().map(EngineReport::shapes).toList());
    json.writeBooleanField("details", inspection.hasDetails());
    json.writeNumberField("reformats", inspection.reformatCount());
    json.writeNumberField("pointwise", inspection.pointwiseCount());
    json.writeNumberField("noOps", inspection.noOpCount());
    json.writeObjectFieldStart("layersByPrecision");
    for (Map.Entry<LayerPrecision, Integer> count : inspection.layersByPrecision().entrySet()) {
      json.writeNumberField(ChoiceConverter.word(count.getKey()), count.getValue());
    }
    json.writeEndObject();
    writeChecks(json);
    json.writeArrayFieldStart("layers");
    for (EngineLayer layer : inspection.layers()) {
      json.writeStartObject();
      json.writeStringField("name", layer.name());
      json.writeStringField("type", layer.type());
      JsonText.writeTexts(json, "reads", formats(layer.inputs()));
      JsonText.writeTexts(json, "writes", formats(layer.outputs()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Returns the answers that can be given, none of an engine that has nothing in INT8. */
  private List<EngineCheckResult> checks() {
    return inspection.layersByPrecision().containsKey(LayerPrecision.INT8)
        ? inspection.check(EngineExpectation.int8()).stream()
            .filter(EngineCheckResult::wasChecked)
            .toList()
        : List.of();
  }

  private static String shapes(ShapeProfile profile) {
    return profile.ranges().entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static void writeCheck(TextLines text, EngineCheckResult result) {
    text.add(
        "check",
        result.check().label()
            + " "
            + ChoiceConverter.word(result.check())
            + (result.hasPassed() ? ": passed" : ": " + result.findings().size() + " against it"));
    result.findings().stream().map(EngineFinding::message).forEach(text::add);
  }

  private void writeChecks(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("checks");
    for (EngineCheckResult result : checks()) {
      json.writeStartObject();
      json.writeStringField("check", result.check().label());
      json.writeStringField("name", ChoiceConverter.word(result.check()));
      json.writeBooleanField("passed", result.hasPassed());
      JsonText.writeTexts(
          json, "findings", result.findings().stream().map(EngineFinding::message).toList());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static String line(EngineLayer layer) {
    String kind = layer.type().isEmpty() ? "" : layer.type() + " ";
    return kind + layer.name() + types(layer);
  }

  private static String types(EngineLayer layer) {
    return layer.type().isEmpty()
        ? ""
        : ": " + precisions(layer.inputs()) + " -> " + precisions(layer.outputs());
  }

  private static String precisions(List<LayerTensor> tensors) {
    return tensors.stream()
        .map(tensor -> ChoiceConverter.word(tensor.precision()))
        .distinct()
        .collect(Collectors.joining(" "));
  }

  private static List<String> formats(List<LayerTensor> tensors) {
    return tensors.stream().map(tensor -> tensor.name() + " " + tensor.format()).toList();
  }

  private static void writeTensors(JsonGenerator json, String name, List<EngineTensor> tensors)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (EngineTensor tensor : tensors) {
      json.writeStartObject();
      json.writeStringField("name", tensor.name());
      json.writeStringField("elementType", tensor.elementType().toString());
      json.writeArrayFieldStart("dimensions");
      for (long size : tensor.dimensions()) {
        json.writeNumber(size);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
