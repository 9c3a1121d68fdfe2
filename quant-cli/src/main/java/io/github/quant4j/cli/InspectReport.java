/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.LocalFunction;
import io.github.quant4j.onnx.LocalFunctions;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code quant inspect} shows of a model.
 *
 * @param files the files
 * @param model its contents
 */
record InspectReport(ModelFiles files, OnnxModel model) implements Report {

  @Override
  public void writeText(TextLines text) {
    files.writeText(text, "model", "");
    text.add("format", "IR version " + model.irVersion());
    opsets().forEach((domain, version) -> text.add("opset", domain + " " + version));
    text.add("producer", model.producer().isEmpty() ? "not named" : model.producer());
    functions()
        .forEach(
            (function, calls) ->
                text.add(
                    "function",
                    String.format(Locale.ROOT, "%s, called by %,d nodes", name(function), calls)));
    model.graph().inputs().forEach(input -> text.add("input", input + " " + input.type()));
    model.graph().outputs().forEach(output -> text.add("output", output + " " + output.type()));
    text.add("nodes", String.format(Locale.ROOT, "%,d", model.graph().nodes().size()));
    operators()
        .forEach((type, count) -> text.add(String.format(Locale.ROOT, "%,7d %s", count, type)));
    InitializerCensus.of(model.graph()).writeText(text);
    QdqCensus census = QdqCensus.of(model.graph());
    text.add(
        "Q/DQ",
        String.format(
            Locale.ROOT,
            "%,d pairs on activations, %,d weights, %,d int32 biases",
            census.activationPairs(),
            census.weights(),
            census.biases()));
    ManifestEntries manifest = ManifestEntries.of(model);
    if (!manifest.entries().isEmpty()) {
      text.add("manifest", manifest.text());
    }
    model.metadata().forEach((key, value) -> text.add("metadata", key + " = " + value));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "inspect");
    files.writeJson(json, "model");
    json.writeNumberField("irVersion", model.irVersion());
    writeCounts(json, "opsets", opsets());
    json.writeStringField("producer", model.producer());
    writeFunctions(json);
    writeTensors(json, "inputs", model.graph().inputs());
    writeTensors(json, "outputs", model.graph().outputs());
    json.writeNumberField("nodes", model.graph().nodes().size());
    writeCounts(json, "operators", operators());
    InitializerCensus.of(model.graph()).writeJson(json);
    writeCensus(json, QdqCensus.of(model.graph()));
    Map<String, String> manifest = ManifestEntries.of(model).entries();
    if (manifest.isEmpty()) {
      json.writeNullField("manifest");
    } else {
      writeTexts(json, "manifest", manifest);
    }
    writeTexts(json, "metadata", model.metadata());
  }

  /** Returns the opsets, the standard domain by the name it has in the ONNX documents. */
  private Map<String, Long> opsets() {
    Map<String, Long> named = new LinkedHashMap<>();
    model.opsets().forEach((domain, version) -> named.put(domainName(domain), version));
    return named;
  }

  /** Returns how often each operator is used, the most frequent first. */
  private Map<String, Long> operators() {
    SortedMap<String, Long> counts =
        model.graph().nodes().stream()
            .collect(
                Collectors.groupingBy(
                    InspectReport::operator, TreeMap::new, Collectors.counting()));
    Map<String, Long> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  /** Returns how many nodes of the main graph call each function of the model. */
  private Map<LocalFunction, Long> functions() {
    Map<LocalFunction, Long> calls = new LinkedHashMap<>();
    LocalFunctions functions = model.functions();
    functions.all().forEach(function -> calls.put(function, 0L));
    for (Node node : model.graph().nodes()) {
      functions.calledBy(node).ifPresent(function -> calls.merge(function, 1L, Long::sum));
    }
    return calls;
  }

  private static String operator(Node node) {
    return node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType();
  }

  private static String domainName(String domain) {
    return domain.isEmpty() ? "ai.onnx" : domain;
  }

  private static String name(LocalFunction function) {
    String domain = function.domain();
    return domain.isEmpty() ? function.name() : domain + "." + function.name();
  }

  private void writeFunctions(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("functions");
    for (Map.Entry<LocalFunction, Long> function : functions().entrySet()) {
      json.writeStartObject();
      json.writeStringField("domain", domainName(function.getKey().domain()));
      json.writeStringField("name", function.getKey().name());
      json.writeNumberField("calls", function.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeTexts(JsonGenerator json, String name, Map<String, String> texts)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  private static void writeCounts(JsonGenerator json, String name, Map<String, Long> counts)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Long> entry : counts.entrySet()) {
      json.writeNumberField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  private static void writeTensors(JsonGenerator json, String name, List<Value> tensors)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Value tensor : tensors) {
      json.writeStartObject();
      json.writeStringField("name", tensor.name());
      json.writeStringField(
          "elementType", tensor.type().elementType().map(Object::toString).orElse(null));
      writeDimensions(json, tensor);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeDimensions(JsonGenerator json, Value tensor) throws IOException {
    if (tensor.type().dimensions().isEmpty()) {
      json.writeNullField("dimensions");
      return;
    }
    json.writeArrayFieldStart("dimensions");
    for (Dimension dimension : tensor.type().dimensions().get()) {
      if (dimension instanceof Dimension.Fixed fixed) {
        json.writeNumber(fixed.size());
      } else if (dimension instanceof Dimension.Symbolic symbolic) {
        json.writeString(symbolic.name());
      } else {
        json.writeNull();
      }
    }
    json.writeEndArray();
  }

  private static void writeCensus(JsonGenerator json, QdqCensus census) throws IOException {
    json.writeObjectFieldStart("qdq");
    json.writeNumberField("activationPairs", census.activationPairs());
    json.writeNumberField("weights", census.weights());
    json.writeNumberField("biases", census.biases());
    json.writeEndObject();
  }
}
