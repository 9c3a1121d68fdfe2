/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Fields of a layer in the order in which the inspector writes them, until all are there. */
final class LayerFields {

  private static final Pattern NODE =
      Pattern.compile("\\[ONNX Layer: (.*?)](?=[\\s\\x1e]*(\\[|$))");

  final List<LayerTensor> inputs = new ArrayList<>();
  final List<LayerTensor> outputs = new ArrayList<>();
  String weights = "";
  private final Map<String, String> texts = new HashMap<>();

  void put(String field, String text) {
    texts.put(field, text);
  }

  EngineLayer layer() {
    String name = text("Name");
    String tactic = text("TacticName");
    return new EngineLayer(
        name,
        text("LayerType"),
        inputs,
        outputs,
        new LayerDetails(
            tactic.isEmpty() ? text("TacticValue") : tactic,
            text("Origin"),
            weights,
            text("HasResidual").equals("1"),
            nodes(name)));
  }

  /** From the metadata, or where there is none from the name, which joins nodes by a plus. */
  private List<String> nodes(String name) {
    if (!texts.containsKey("Metadata")) {
      return Stream.of(name.split(" \\+ ")).map(String::strip).toList();
    }
    return NODE.matcher(text("Metadata"))
        .results()
        .map(found -> found.group(1))
        .distinct()
        .toList();
  }

  private String text(String field) {
    return texts.getOrDefault(field, "");
  }
}
