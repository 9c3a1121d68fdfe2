/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * Operators that together compute one function. Nothing outside them reads what lies between them:
 * of the values they compute, only {@link #output()} is seen elsewhere.
 */
public sealed interface Pattern
    permits ActivationPattern, AttentionPattern, NormalizationPattern, SqueezeExcitePattern {

  /**
   * Returns what the operators compute.
   *
   * @return the function's name, for example {@code HardSwish}
   */
  String kind();

  /**
   * Returns the operators.
   *
   * @return the nodes in the order of the graph, at least one
   */
  List<Node> nodes();

  /**
   * Returns the activations that are read; constants are left out.
   *
   * @return the values, in the order of the function's arguments
   */
  List<Value> inputs();

  /**
   * Returns the result.
   *
   * @return the one value that is seen from outside
   */
  Value output();
}
