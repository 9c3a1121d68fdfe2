/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds changes of type and layout, and float32, away from the inputs and outputs of an engine. */
final class BorderChecks {

  private final EngineInspection inspection;

  BorderChecks(EngineInspection inspection) {
    this.inspection = inspection;
  }

  /** Reformat layers that are neither the first at an input or output nor beside a pooling. */
  List<EngineFinding> reformats() {
    List<EngineFinding> findings = new ArrayList<>();
    Set<String> served = new HashSet<>();
    for (EngineLayer layer : inspection.layers()) {
      if (layer.isReformat() && !isBesidePooling(layer) && !serves(layer, served)) {
        findings.add(
            EngineFinding.of(
                EngineCheck.FEW_REFORMATS,
                layer,
                "layer '%s' changes the layout from %s to %s, expected none between layers"
                    .formatted(layer.name(), format(layer.inputs()), format(layer.outputs()))));
      }
    }
    return findings;
  }

  /** Quantize and dequantize layers away from inputs and outputs. */
  List<EngineFinding> scales() {
    return inspection.layers().stream()
        .filter(layer -> layer.isScale() && bindings(layer).findAny().isEmpty())
        .map(
            layer ->
                EngineFinding.of(
                    EngineCheck.SCALES_AT_BORDERS,
                    layer,
                    "layer '%s' only converts %s to %s, expected it fused into a neighbour"
                        .formatted(layer.name(), format(layer.inputs()), format(layer.outputs()))))
        .toList();
  }

  /** Layers that write float32 for other layers. */
  List<EngineFinding> floats() {
    return inspection.layers().stream()
        .filter(
            layer ->
                layer.outputs().stream()
                    .anyMatch(
                        tensor ->
                            tensor.precision() == LayerPrecision.FP32
                                && !inspection.isBinding(tensor)
                                && !isPassedToBinding(tensor)))
        .map(
            layer ->
                EngineFinding.of(
                    EngineCheck.NO_FLOAT32,
                    layer,
                    "layer '%s' writes float32, expected INT8 or FP16".formatted(layer.name())))
        .toList();
  }

  /** Whether a layer without work, a Flatten at the end, makes the tensor an output. */
  private boolean isPassedToBinding(LayerTensor tensor) {
    return inspection.layers().stream()
        .filter(EngineLayer::isNoOp)
        .filter(layer -> isPassedOn(List.of(tensor), layer.inputs()))
        .anyMatch(layer -> layer.outputs().stream().anyMatch(inspection::isBinding));
  }

  /** Whether the layer is the first to change an input or output; takes note of that. */
  private boolean serves(EngineLayer layer, Set<String> served) {
    return bindings(layer).filter(tensor -> served.add(tensor.name())).findAny().isPresent();
  }

  private boolean isBesidePooling(EngineLayer layer) {
    return inspection.layers().stream()
        .filter(EngineLayer::isPooling)
        .anyMatch(
            pooling ->
                isPassedOn(layer.outputs(), pooling.inputs())
                    || isPassedOn(pooling.outputs(), layer.inputs()));
  }

  private static boolean isPassedOn(List<LayerTensor> outputs, List<LayerTensor> inputs) {
    return outputs.stream()
        .anyMatch(output -> inputs.stream().anyMatch(i -> i.name().equals(output.name())));
  }

  private Stream<LayerTensor> bindings(EngineLayer layer) {
    return Stream.concat(layer.inputs().stream(), layer.outputs().stream())
        .filter(inspection::isBinding);
  }

  private static String format(List<LayerTensor> tensors) {
    return tensors.stream().findFirst().map(LayerTensor::format).orElse("nothing");
  }
}
