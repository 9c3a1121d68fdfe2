/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds convolutions that read or write more than INT8. */
final class ConvolutionChecks {

  private final EngineInspection inspection;
  private final Set<String> floatNodes;

  ConvolutionChecks(EngineInspection inspection, Set<String> floatNodes) {
    this.inspection = inspection;
    this.floatNodes = floatNodes;
  }

  /** Convolutions that read no INT8, or write none though the next layer quantizes. */
  List<EngineFinding> convolutions() {
    List<EngineFinding> findings = new ArrayList<>();
    for (EngineLayer layer : inspection.layers()) {
      if (!layer.isConvolution()
          || layer.details().nodes().stream().anyMatch(floatNodes::contains)) {
        continue;
      }
      if (isKnown(layer.inputs()) && !isInt8(layer.inputs(), 0)) {
        findings.add(finding(layer, "reads " + layer.inputs().get(0).format()));
      } else if (isKnown(layer.outputs())
          && !isInt8(layer.outputs(), 0)
          && isQuantizedNext(layer)) {
        findings.add(
            finding(layer, "writes %s that is quantized next".formatted(format(layer.outputs()))));
      }
    }
    return findings;
  }

  /** INT8 convolutions that add an input of another type. */
  List<EngineFinding> skips() {
    return inspection.layers().stream()
        .filter(layer -> layer.isConvolution() && layer.details().hasResidual())
        .filter(layer -> layer.inputs().size() > 1 && isInt8(layer.inputs(), 0))
        .filter(layer -> !isInt8(layer.inputs(), 1))
        .map(
            layer ->
                EngineFinding.of(
                    EngineCheck.INT8_SKIPS,
                    layer,
                    "convolution '%s' adds '%s' as %s, expected INT8"
                        .formatted(
                            layer.name(),
                            layer.inputs().get(1).name(),
                            layer.inputs().get(1).format())))
        .toList();
  }

  private static EngineFinding finding(EngineLayer layer, String found) {
    return EngineFinding.of(
        EngineCheck.INT8_CONVOLUTIONS,
        layer,
        "convolution '%s' %s, expected INT8".formatted(layer.name(), found));
  }

  /** Whether a layer with an own kernel for that turns the output into INT8. */
  private boolean isQuantizedNext(EngineLayer layer) {
    return inspection.layers().stream()
        .filter(next -> next.isReformat() || next.isScale())
        .filter(next -> isInt8(next.outputs(), 0))
        .anyMatch(
            next ->
                next.inputs().stream()
                    .anyMatch(input -> input.name().equals(layer.outputs().get(0).name())));
  }

  private static boolean isKnown(List<LayerTensor> tensors) {
    return !tensors.isEmpty() && tensors.get(0).precision() != LayerPrecision.UNKNOWN;
  }

  private static boolean isInt8(List<LayerTensor> tensors, int index) {
    return tensors.size() > index && tensors.get(index).precision() == LayerPrecision.INT8;
  }

  private static String format(List<LayerTensor> tensors) {
    return tensors.get(0).format();
  }
}
