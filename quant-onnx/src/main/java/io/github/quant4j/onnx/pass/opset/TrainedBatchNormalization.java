/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * BatchNormalization says since opset 14 by {@code training_mode} whether it trains; before, a
 * second output said so. Inference is the default of both. Attributes that exporters left over from
 * before opset 9, which change nothing, go.
 */
final class TrainedBatchNormalization implements OperatorConverter {
  private static final List<String> LEFT_OVER = List.of("spatial", "is_test", "consumed_inputs");

  @Override
  public int version() {
    return 14;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("BatchNormalization");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    return node.outputs().size() > 1
        ? Optional.of("it has outputs for training; export the model for inference")
        : Optional.empty();
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    LEFT_OVER.forEach(attribute -> scope.rewriter().edit(node).removeAttribute(attribute));
  }
}
