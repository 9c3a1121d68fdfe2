/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds sums and activations that have a kernel of their own.
 *
 * <p>A sum is told by its two inputs of equal size, not by names, which whoever wrote the model
 * chose freely; an activation has one input and is told by its name.
 */
final class ResidualCheck {

  private static final Pattern RELU = Pattern.compile("(?i)relu");

  /** A kernel of TensorRT's compiler is named after its operations, three letters each. */
  private static final Pattern COMPILED = Pattern.compile("__myl_((?:[A-Z][a-z]{2})+)_");

  private static final Set<String> ELEMENTWISE =
      Set.of("Add", "Cas", "Max", "Min", "Mul", "Rel", "Res", "Rou");

  private ResidualCheck() {}

  static List<EngineFinding> run(EngineInspection inspection) {
    return inspection.layers().stream()
        .filter(layer -> isResidual(layer, inspection))
        .map(
            layer ->
                EngineFinding.of(
                    EngineCheck.FUSED_RESIDUALS,
                    layer,
                    "layer '%s' computes %s alone, expected it fused into a convolution"
                        .formatted(layer.name(), nodes(layer))))
        .toList();
  }

  private static boolean isResidual(EngineLayer layer, EngineInspection inspection) {
    if (layer.isPointwise()) {
      return addsTwo(layer, inspection) || RELU.matcher(layer.name()).find();
    }
    Matcher compiled = COMPILED.matcher(layer.name());
    if (!layer.type().equals("kgen") || !compiled.lookingAt()) {
      return false;
    }
    Set<String> operations = Set.copyOf(List.of(compiled.group(1).split("(?=[A-Z])")));
    return operations.contains("Add")
        && ELEMENTWISE.containsAll(operations)
        && addsTwo(layer, inspection);
  }

  private static boolean addsTwo(EngineLayer layer, EngineInspection inspection) {
    List<List<Long>> sizes =
        layer.inputs().stream()
            .filter(input -> !inspection.isConstant(input))
            .map(LayerTensor::dimensions)
            .toList();
    return sizes.size() >= 2 && sizes.get(0).equals(sizes.get(1));
  }

  private static String nodes(EngineLayer layer) {
    String nodes =
        layer.details().nodes().stream()
            .filter(node -> !node.contains("QuantizeLinear") && !node.contains("DequantizeLinear"))
            .map(node -> "'" + node + "'")
            .collect(Collectors.joining(", "));
    return nodes.isEmpty() ? "element by element" : nodes;
  }
}
