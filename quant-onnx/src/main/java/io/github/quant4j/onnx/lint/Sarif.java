/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.lint;

import io.github.quant4j.onnx.internal.JsonText;
import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Severity;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The SARIF form of a report. Members stand in an order that does not change, what is small on one
 * line, so that two reports compare line by line.
 */
final class Sarif {
  private static final String VERSION = "2.1.0";
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
  private static final int BROKEN_LEVELS = 6;

  private final String uri;

  private Sarif(URI artifact) {
    this.uri = artifact.toString();
  }

  static String of(LintReport report, URI artifact) {
    Sarif sarif = new Sarif(artifact);
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver()));
    run.put("results", report.findings().stream().map(sarif::result).toList());
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("$schema", SCHEMA);
    log.put("version", VERSION);
    log.put("runs", List.of(run));
    return JsonText.of(log, BROKEN_LEVELS);
  }

  private static Map<String, Object> driver() {
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "Quant4J");
    driver.put("rules", Arrays.stream(Defect.values()).map(Sarif::rule).toList());
    return driver;
  }

  private static Map<String, Object> rule(Defect defect) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("id", defect.id());
    rule.put("name", pascalCase(defect));
    rule.put("shortDescription", message(sentence(defect.title())));
    String expected = "Expected: " + defect.expectation() + ".";
    rule.put("fullDescription", message(sentence(defect.title()) + " " + expected));
    rule.put("help", message(expected));
    rule.put("defaultConfiguration", Map.of("level", level(defect.severity())));
    return rule;
  }

  private Map<String, Object> result(Finding finding) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ruleId", finding.defect().id());
    result.put("level", level(finding.severity()));
    result.put("message", message(finding.site() + ": " + finding.found()));
    result.put("locations", List.of(location(finding)));
    Map<String, Object> properties = new LinkedHashMap<>(finding.fields());
    properties.keySet().retainAll(List.of("expected", "outcome", "remedy"));
    result.put("properties", properties);
    return result;
  }

  private Map<String, Object> location(Finding finding) {
    Map<String, Object> location = new LinkedHashMap<>();
    location.put("physicalLocation", Map.of("artifactLocation", Map.of("uri", uri)));
    List<Map<String, Object>> elements = new ArrayList<>();
    addElement(elements, finding.site().node(), "node");
    addElement(elements, finding.site().tensor(), "tensor");
    if (!elements.isEmpty()) {
      location.put("logicalLocations", elements);
    }
    return location;
  }

  private static void addElement(List<Map<String, Object>> elements, String name, String what) {
    if (!name.isEmpty()) {
      Map<String, Object> element = new LinkedHashMap<>();
      element.put("name", name);
      element.put("fullyQualifiedName", what + " " + name);
      element.put("kind", "element");
      elements.add(element);
    }
  }

  private static Map<String, Object> message(String text) {
    return Map.of("text", text);
  }

  private static String sentence(String clause) {
    return clause.substring(0, 1).toUpperCase(Locale.ROOT) + clause.substring(1) + ".";
  }

  private static String pascalCase(Defect defect) {
    StringBuilder name = new StringBuilder();
    for (String word : defect.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  private static String level(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }
}
