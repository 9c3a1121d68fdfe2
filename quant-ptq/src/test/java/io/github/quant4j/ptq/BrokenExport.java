/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.io.IOException;
import java.util.List;

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

  /**
   * Makes the zero points of activations uint8 0 but for the inputs, and puts a Cast behind each
   * QuantizeLinear, as PyTorch's eager exporter does.
   */
  static OnnxModel asEagerExport(OnnxModel int8) {
    OnnxModel broken = withUnsignedZeroPoints(int8, false);
    GraphRewriter rewriter = broken.graph().rewriter();
    for (Node node : broken.graph().nodes()) {
      if (node.is("QuantizeLinear") && !node.requiredInput(0).isConstant()) {
        ElementType type =
            node.requiredInput(0).isGraphInput() ? ElementType.INT8 : ElementType.UINT8;
        List<Use> readers = node.output().uses();
        NodeBlueprint cast =
            NodeBlueprint.of(
                    "Cast", node.name() + "_Cast", List.of(node.output()), node.output() + "_cast")
                .withInteger("to", type.onnxCode());
        Value codes = rewriter.insertBehind(node, cast).output();
        readers.forEach(reader -> rewriter.replaceInput(reader, codes));
      }
    }
    return broken;
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
