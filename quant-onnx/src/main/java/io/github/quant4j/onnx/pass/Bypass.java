/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;

/** Takes a node out of the graph whose first output is one of its inputs unchanged. */
final class Bypass {
  private final GraphRewriter rewriter;

  Bypass(GraphRewriter rewriter) {
    this.rewriter = rewriter;
  }

  /**
   * Lets the readers of the first output read the original, and removes the node where it can go.
   *
   * <ol>
   *   <li>A first output that the graph or a subgraph knows by its name is written by the producer
   *       of the original from then on, where nothing else reads the original.
   *   <li>Where something does, or a graph input or a constant is the original, the node stays.
   * </ol>
   *
   * @return true when the graph was changed
   */
  boolean apply(Node node, Value original) {
    Value copy = node.output();
    boolean modified = !copy.uses().isEmpty();
    if (!copy.isGraphOutput() && !copy.isCaptured()) {
      rewriter.replaceUses(copy, original);
      rewriter.remove(node);
      return true;
    }
    if (isWrittenForThisAlone(node, original)) {
      rewriter.absorb(node, original.producer().orElseThrow());
      return true;
    }
    rewriter.replaceUses(copy, original);
    return modified;
  }

  private static boolean isWrittenForThisAlone(Node node, Value original) {
    return node.outputs().size() == 1
        && original.hasSingleReader()
        && original.producer().filter(producer -> producer.output() == original).isPresent();
  }
}
