/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.GraphPass;
import java.util.List;
import java.util.Optional;

/**
 * Lets every QuantizeLinear of float16 read float32: a Cast of its tensor, and its scale as a
 * float32 constant. The codes are the same, for both steps are exact.
 *
 * <p>This is for running a model of mode S in ONNX Runtime on the CPU, not for TensorRT: up to 1.29
 * its QuantizeLinear of float16 drops the fraction of {@code x / scale} where it should round it
 * (microsoft/onnxruntime, pull request 32452). There the optimization WeightBiasQuantization must
 * be left out as well, because it multiplies scales in float16.
 */
public final class WidenQuantizers implements GraphPass {
  private static final int SCALE = 1;

  /** Creates the pass, which holds no state. */
  public WidenQuantizers() {}

  @Override
  public boolean run(OnnxModel model) {
    GraphRewriter rewriter = model.graph().rewriter();
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      Optional<Tensor> scale =
          (node.is("QuantizeLinear") ? node.input(SCALE) : Optional.<Value>empty())
              .flatMap(Value::constant)
              .filter(tensor -> tensor.elementType() == ElementType.FLOAT16);
      if (scale.isPresent()) {
        widen(rewriter, node, Float16.widen(scale.get()));
        modified = true;
      }
    }
    return modified;
  }

  private static void widen(GraphRewriter rewriter, Node node, Tensor scale) {
    Value tensor = node.requiredInput(0);
    NodeBlueprint cast =
        NodeBlueprint.of(
                "Cast",
                node.name() + "_Cast",
                List.of(tensor),
                rewriter.freeName(tensor + "_float32"))
            .withInteger("to", ElementType.FLOAT.onnxCode());
    rewriter.replaceInput(new Use(node, 0), rewriter.insertBefore(node, cast).output());
    String name = rewriter.freeName(node.requiredInput(SCALE) + "_float32");
    rewriter.replaceInput(new Use(node, SCALE), rewriter.addInitializer(name, scale));
  }
}
