/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.repair.RepairContext.NodeNames;
import java.util.List;
import java.util.OptionalInt;

/**
 * Gives readers of constants other codes, without changing them for anyone else. Made anew for each
 * run of a pass, since it knows the names of the nodes. Not thread-safe.
 */
final class WeightWriter {
  private final RepairContext context;
  private final GraphRewriter rewriter;
  private final NodeNames names;

  WeightWriter(RepairContext context) {
    this.context = context;
    this.rewriter = context.rewriter();
    this.names = context.nodeNames();
  }

  /** Makes some readers of a weight read other codes; in place where these are all its readers. */
  void replace(QuantizedWeight weight, List<Use> readers, WeightCodes written) {
    if (areAllReaders(weight.output(), readers)) {
      replaceInPlace(weight, written);
      return;
    }
    String output = rewriter.freeName(weight.output() + "_repaired");
    Node copy =
        rewriter.insertBehind(
            weight.node(), written.dequantize(names.free(output), output, parameters(written)));
    readers.forEach(use -> rewriter.replaceInput(use, copy.output()));
  }

  private void replaceInPlace(QuantizedWeight weight, WeightCodes written) {
    Node node = weight.node();
    Value data = weight.dequantize().data();
    List<Value> parameters = parameters(written);
    rewriter.replaceInput(new Use(node, 0), written.codes());
    context.setParameters(List.of(node), parameters.get(0), parameters.get(1));
    context.setAxis(
        node, written.isPerAxis() ? OptionalInt.of(written.axis()) : OptionalInt.empty());
    removeIfUnused(data);
  }

  /** Quantizes a float constant for some of its readers, given in the order of the nodes. */
  void quantize(Value constant, List<Use> readers, WeightCodes written) {
    Node anchor = readers.get(0).node();
    String name = names.free(constant + "_DequantizeLinear");
    List<Value> parameters = parameters(written);
    if (areAllReaders(constant, readers)) {
      rewriter.computeConstant(
          constant, anchor, written.dequantize(name, constant.name(), parameters));
      return;
    }
    String output = rewriter.freeName(constant + "_dequantized");
    Node node = rewriter.insertBefore(anchor, written.dequantize(name, output, parameters));
    readers.forEach(use -> rewriter.replaceInput(use, node.output()));
  }

  /** Makes some readers of a weight read a float constant. */
  void replaceByFloats(QuantizedWeight weight, List<Use> readers, Value floats) {
    readers.forEach(use -> rewriter.replaceInput(use, floats));
    removeIfUnused(weight.output());
  }

  /** Removes what computes a value nothing reads any more: a DequantizeLinear, a QuantizeLinear. */
  private void removeIfUnused(Value value) {
    value
        .producer()
        .filter(node -> value.isUnused() && Quantizer.of(node).isPresent())
        .ifPresent(
            node -> {
              Value data = node.requiredInput(0);
              rewriter.remove(node);
              removeIfUnused(data);
            });
  }

  private List<Value> parameters(WeightCodes written) {
    return List.of(
        context.addConstant(written.codes() + "_scale", written.scale()),
        context.int8Zeros(written.scale().shape()));
  }

  private static boolean areAllReaders(Value value, List<Use> readers) {
    return value.uses().size() == readers.size() && !value.isGraphOutput() && !value.isCaptured();
  }
}
