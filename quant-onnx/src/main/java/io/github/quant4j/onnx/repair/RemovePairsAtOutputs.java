/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.PAIR_AT_OUTPUT;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;

/**
 * R30: writes outputs of the graph as they are computed, not through a pair. The node before the
 * pair takes over the name of the output, which so keeps its type; other readers of the pair keep
 * it, under the name that node wrote so far.
 *
 * <p>The output changes by half a step of the scale at most, and is no longer clipped. Codes that
 * are an output themselves are what the user asked for, and stay. So does a pair on an input of the
 * graph, or on a tensor that is an output too: there is no node that could write the name.
 */
final class RemovePairsAtOutputs implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    boolean isChanged = false;
    for (Value output : context.graph().outputs()) {
      Optional<QuantizedActivation> pair = QuantizedActivation.agreedBehind(output);
      while (pair.isPresent() && remove(context, output, pair.get())) {
        isChanged = true;
        pair = QuantizedActivation.agreedBehind(output);
      }
    }
    return isChanged;
  }

  private static boolean remove(RepairContext context, Value output, QuantizedActivation pair) {
    Node dequantize = output.producer().orElseThrow();
    Value tensor = pair.tensor();
    Site site = Site.of(dequantize, output);
    String scale = pair.quantize().singleScale().map(s -> " of scale " + s).orElse("");
    String found = "output \"%s\" is \"%s\" behind a pair%s".formatted(output, tensor, scale);
    Optional<String> obstacle = obstacle(tensor, output);
    if (obstacle.isPresent()) {
      context.kept(PAIR_AT_OUTPUT, site, found, "kept: " + obstacle.get());
      return false;
    }
    String writer = tensor.producer().orElseThrow().label();
    context.repaired(
        PAIR_AT_OUTPUT, site, found, "written by \"%s\" as it is computed".formatted(writer));
    context.rewriter().exchange(tensor, output);
    for (Node node : List.of(dequantize, pair.quantize().node())) {
      if (node.output().isUnused()) {
        context.rewriter().remove(node);
      }
    }
    return true;
  }

  private static Optional<String> obstacle(Value tensor, Value output) {
    if (tensor.producer().isEmpty()) {
      return Optional.of("\"%s\" is an input of the graph".formatted(tensor));
    }
    if (tensor.isGraphOutput()) {
      return Optional.of("\"%s\" is an output of the graph too".formatted(tensor));
    }
    if (tensor.isCaptured() || output.isCaptured()) {
      return Optional.of("a subgraph reads \"%s\" or \"%s\"".formatted(tensor, output));
    }
    return tensor
        .type()
        .elementType()
        .filter(type -> type != ElementType.FLOAT)
        .map(type -> "\"%s\" is of type %s, the output of another".formatted(tensor, type));
  }
}
