/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Upsample takes its scales from an input since opset 9. */
final class UpsampleScales implements OperatorConverter {
  @Override
  public int version() {
    return 9;
  }

  @Override
  public Set<String> opTypes() {
    return Set.of("Upsample");
  }

  @Override
  public Optional<String> obstacle(Node node, LiftScope scope) {
    return node.reals("scales").isPresent()
        ? Optional.empty()
        : Optional.of("attribute \"scales\" is missing");
  }

  @Override
  public void convert(Node node, LiftScope scope) {
    List<Float> scales = node.reals("scales").orElseThrow();
    float[] values = new float[scales.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = scales.get(i);
    }
    Tensor tensor = Tensor.ofFloats(Shape.of(values.length), values);
    scope.putConstant(new Use(node, 1), "scales", tensor);
    scope.rewriter().edit(node).removeAttribute("scales");
  }
}
