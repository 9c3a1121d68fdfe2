/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.io.IOException;

/** Breaks quantized models the way exporters do. */
final class BrokenExport {
  private static final int ZERO_POINT = 2;

  private BrokenExport() {}

  /** Returns an INT8 model of a float one, quantized on random samples of "x". */
  static OnnxModel quantized(OnnxModel floatModel) throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(16, 8)) {
      return PostTrainingQuantization.of(floatModel).accuracyTarget(0).run(samples).model();
    }
  }

  /** Makes the zero points of activations uint8 0 and leaves the codes' meaning to guess. */
  static OnnxModel withUnsignedZeroPoints(OnnxModel int8, boolean atInputs) {
    OnnxModel broken = int8.copy();
    Graph graph = broken.graph();
    Tensor zero = Tensor.ofBytes(ElementType.UINT8, Shape.of(), (byte) 0);
    Value unsigned = graph.rewriter().addInitializer("zero_point_uint8", zero);
    for (Node node : graph.nodes()) {
      boolean isActivation = node.is("QuantizeLinear") && !node.requiredInput(0).isConstant();
      if (isActivation && (atInputs || !node.requiredInput(0).isGraphInput())) {
        graph.rewriter().replaceInput(new Use(node, ZERO_POINT), unsigned);
        node.output()
            .uses()
            .forEach(
                use -> graph.rewriter().replaceInput(new Use(use.node(), ZERO_POINT), unsigned));
      }
    }
    return broken;
  }
}
