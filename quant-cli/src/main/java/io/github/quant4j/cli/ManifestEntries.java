/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.QuantizationManifest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a model says of how it was quantized.
 *
 * @param entries texts by what they are, in a fixed order; a {@code problem} alone where the model
 *     says what cannot be, none where it says nothing
 */
record ManifestEntries(Map<String, String> entries) {
  static ManifestEntries of(OnnxModel model) {
    Map<String, String> entries = new LinkedHashMap<>();
    try {
      QuantizationManifest.of(model).ifPresent(manifest -> collect(manifest, entries));
    } catch (OnnxException e) {
      entries.put("problem", String.valueOf(e.getMessage()));
    }
    return new ManifestEntries(entries);
  }

  String text() {
    return entries.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static void collect(QuantizationManifest manifest, Map<String, String> entries) {
    manifest.tool().ifPresent(tool -> entries.put("tool", tool));
    entries.put("mode", manifest.mode().code());
    manifest.rules().ifPresent(rules -> entries.put("rules", rules));
    manifest.target().ifPresent(target -> entries.put("target", ChoiceConverter.word(target)));
    manifest.biasForm().ifPresent(form -> entries.put("biases", ChoiceConverter.word(form)));
    manifest.calibration().ifPresent(digest -> entries.put("calibration", digest));
  }
}
