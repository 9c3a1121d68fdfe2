/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a node of one form of an operator into the form, or the nodes, of a later operator set.
 *
 * <p>A converter sees nodes that are valid for {@code version() - 1} and leaves nodes that are
 * valid for {@code version()} and compute the same.
 */
interface OperatorConverter {

  /** Returns the first version of the standard operators that needs the new form. */
  int version();

  /** Returns the operators concerned, all of the standard domain. */
  Set<String> opTypes();

  /** Returns why a node cannot be converted, empty when it can; asked before anything changes. */
  default Optional<String> obstacle(Node node, LiftScope scope) {
    return Optional.empty();
  }

  /** Converts a node that has no obstacle. */
  void convert(Node node, LiftScope scope);
}
