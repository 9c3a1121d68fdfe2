/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;
import java.util.Set;

/** The mask of a Dropout is a bool tensor since opset 10, before it had the type of the data. */
final class DropoutMask implements OperatorConverter {
  @Override
  public int version() {
    return 10;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Dropout");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    return node.output(1).map(Value::isUnused).orElse(true)
        ? Optional.empty()
        : Optional.of("its mask, which is read, has another type since");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    // The form of the node is the same in both versions.
  }
}
