/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.repair.RepairContext.NodeNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes operators read activations through pairs of symmetric int8, of which a tensor has one. Made
 * anew for each run of a pass, since it knows the order of the nodes. Not thread-safe.
 */
final class PairWriter {
  private final RepairContext context;
  private final GraphRewriter rewriter;
  private final NodeNames names;
  private final Map<Node, Integer> positions = new HashMap<>();

  PairWriter(RepairContext context) {
    this.context = context;
    this.rewriter = context.rewriter();
    this.names = context.nodeNames();
    context.graph().nodes().forEach(node -> positions.put(node, positions.size()));
  }

  /** Returns the pair that some readers of a tensor have, empty without one of symmetric int8. */
  static Optional<QuantizedActivation> pairOf(Value tensor) {
    return tensor.uses().stream()
        .filter(use -> use.inputIndex() == 0)
        .flatMap(use -> QuantizedActivation.of(use.node()).stream())
        .filter(pair -> isSymmetricInt8(pair.quantize()) && isConsistent(pair))
        .findFirst();
  }

  /** Returns the pair that a value comes out of, empty where its two nodes state other numbers. */
  static Optional<QuantizedActivation> pairBefore(Value value) {
    return QuantizedActivation.behind(value)
        .filter(
            pair ->
                value
                    .producer()
                    .flatMap(Quantizer::of)
                    .filter(pair.quantize()::hasParametersOf)
                    .isPresent());
  }

  private static boolean isConsistent(QuantizedActivation pair) {
    return !pair.dequantizes().isEmpty()
        && pair.dequantizes().stream().allMatch(pair.quantize()::hasParametersOf);
  }

  private static boolean isSymmetricInt8(Quantizer quantize) {
    return quantize.codeType() == ElementType.INT8
        && quantize.singleScale().isPresent()
        && quantize.singleZeroPoint().filter(zero -> zero == 0).isPresent();
  }

  /** Makes readers, given in the order of the nodes, read the pair their tensor has. */
  void read(QuantizedActivation pair, List<Use> readers) {
    Node anchor = readers.get(0).node();
    Value floats =
        pair.dequantizes().stream()
            .filter(dequantize -> !isBehind(dequantize.node(), anchor))
            .map(Quantizer::output)
            .findFirst()
            .orElseGet(() -> moveBefore(pair, anchor));
    readers.forEach(use -> rewriter.replaceInput(use, floats));
  }

  private boolean isBehind(Node node, Node anchor) {
    return position(node) > position(anchor);
  }

  private int position(Node node) {
    return positions.getOrDefault(node, Integer.MAX_VALUE);
  }

  /** Makes the pair anew before a node that stands before it; its readers follow. */
  private Value moveBefore(QuantizedActivation pair, Node anchor) {
    Node quantize = pair.quantize().node();
    Value floats =
        insert(pair.tensor(), anchor, quantize.requiredInput(1), quantize.requiredInput(2));
    for (Quantizer dequantize : pair.dequantizes()) {
      rewriter.replaceUses(dequantize.output(), floats);
      if (dequantize.output().isUnused()) {
        rewriter.remove(dequantize.node());
      }
    }
    if (quantize.output().isUnused()) {
      rewriter.remove(quantize);
    }
    return floats;
  }

  /** Puts a pair before the first of some readers, given in the order of the nodes. */
  void insert(Value tensor, List<Use> readers, float scale) {
    Value floats =
        insert(
            tensor,
            readers.get(0).node(),
            context.addConstant(tensor + "_scale", Tensor.ofFloats(Shape.of(), scale)),
            context.int8Zeros(Shape.of()));
    readers.forEach(use -> rewriter.replaceInput(use, floats));
  }

  private Value insert(Value tensor, Node anchor, Value scale, Value zeroPoint) {
    Value read = tensor;
    for (String opType : List.of("QuantizeLinear", "DequantizeLinear")) {
      String suffix = read == tensor ? "_quantized" : "_dequantized";
      Node node =
          rewriter.insertBefore(
              anchor,
              NodeBlueprint.of(
                  opType,
                  names.free(tensor + "_" + opType),
                  List.of(read, scale, zeroPoint),
                  rewriter.freeName(tensor + suffix)));
      positions.put(node, position(anchor));
      read = node.output();
    }
    return read;
  }
}
