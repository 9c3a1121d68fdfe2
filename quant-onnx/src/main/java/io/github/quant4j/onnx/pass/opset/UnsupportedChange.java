/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.Optional;
import java.util.Set;

/**
 * Refuses operators that changed in a way that is not converted.
 *
 * @param version the version of the change
 * @param opTypes the operators
 * @param reason what changed
 */
record UnsupportedChange(int version, Set<String> opTypes, String reason)
    implements OperatorConverter {

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    return Optional.of(reason + "; export the model anew with a later opset");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    throw new AssertionError(node + " has an obstacle");
  }
}
