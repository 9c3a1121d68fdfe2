/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pair as the stages of form and numbers leave it: a QuantizeLinear on an activation, to int8
 * with zero point 0 and one scale, and the one DequantizeLinear that reads its codes. What those
 * stages had to refuse is none, so that passes of placement do not see it.
 *
 * @param quantize the QuantizeLinear
 * @param dequantize the DequantizeLinear
 * @param scale the scale of both
 */
record Int8Pair(Node quantize, Node dequantize, float scale) {

  /** Returns the pair that a QuantizeLinear begins, empty for other nodes and removed ones. */
  static Optional<Int8Pair> of(Node node) {
    return QuantizedActivation.of(node)
        .filter(QuantizedActivation::isClosed)
        .filter(found -> found.dequantizes().size() == 1)
        .flatMap(found -> of(found.quantize(), found.dequantizes().get(0)));
  }

  private static Optional<Int8Pair> of(Quantizer quantize, Quantizer dequantize) {
    return quantize
        .singleScale()
        .filter(scale -> quantize.isSymmetricInt8() && quantize.hasParametersOf(dequantize))
        .map(scale -> new Int8Pair(quantize.node(), dequantize.node(), scale));
  }

  /** Returns all pairs of a graph, in the order of its nodes. */
  static List<Int8Pair> all(Graph graph) {
    List<Int8Pair> pairs = new ArrayList<>();
    graph.nodes().forEach(node -> of(node).ifPresent(pairs::add));
    return pairs;
  }

  /** Returns the pair that a value comes out of, empty where it comes out of something else. */
  static Optional<Int8Pair> behind(Value value) {
    return QuantizedActivation.behind(value)
        .flatMap(found -> of(found.quantize().node()))
        .filter(pair -> pair.result().equals(value));
  }

  /** Returns the pair that quantizes a value, the first where there are several. */
  static Optional<Int8Pair> on(Value tensor) {
    return tensor.uses().stream()
        .filter(Int8Pair::isQuantized)
        .flatMap(use -> of(use.node()).stream())
        .findFirst();
  }

  private static boolean isQuantized(Use use) {
    return use.inputIndex() == 0 && use.node().is("QuantizeLinear");
  }

  /** Returns the float tensor that is quantized. */
  Value tensor() {
    return quantize.requiredInput(0);
  }

  /** Returns the rounded tensor that the readers see. */
  Value result() {
    return dequantize.output();
  }

  /** Tells whether nodes of the main graph are all that reads the result. */
  boolean isInternal() {
    return !result().isGraphOutput() && !result().isCaptured();
  }

  boolean hasScaleOf(Int8Pair other) {
    return Float.compare(scale, other.scale) == 0;
  }

  List<Node> nodes() {
    return List.of(quantize, dequantize);
  }

  Site site() {
    return Site.of(quantize, tensor());
  }

  /** Lets the readers see the tensor as it is, and removes the pair. */
  void remove(GraphRewriter rewriter) {
    replaceBy(rewriter, tensor());
  }

  /** Lets the readers see another value, and removes the pair unless the graph gives it out. */
  void replaceBy(GraphRewriter rewriter, Value value) {
    rewriter.replaceUses(result(), value);
    removeIfUnused(rewriter);
  }

  /** Removes the pair when nothing reads it any more. */
  void removeIfUnused(GraphRewriter rewriter) {
    if (result().isUnused()) {
      rewriter.remove(dequantize);
      rewriter.remove(quantize);
    }
  }
}
