/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The operator that does without codes what codes from 0 do: a Relu, for tools drop those before
 * such codes. They drop a Clip as well, whose upper end symmetric codes keep; in the float form of
 * a model nothing would keep it, so there it is a Clip.
 *
 * @param opType the operator
 * @param bounds its inputs behind the tensor
 */
record Rectifier(String opType, List<Value> bounds) {
  /** The first operator set whose Clip reads its bounds. */
  private static final int CLIP_OPSET = 11;

  private static final int LARGEST_CODE = 255;

  /**
   * Returns the operator for codes from 0.
   *
   * @param tensor the name of the tensor, after which constants are named
   * @param scale the scale of the codes
   */
  static Rectifier of(RepairContext context, String tensor, float scale) {
    if (!context.options().isForFloatForm() || context.model().opset() < CLIP_OPSET) {
      return new Rectifier("Relu", List.of());
    }
    Tensor largest = Tensor.ofFloats(Shape.of(), LARGEST_CODE * scale);
    return new Rectifier(
        "Clip",
        List.of(
            context.addConstant(tensor + "_smallest", Tensor.ofFloats(Shape.of(), 0)),
            context.addConstant(tensor + "_largest", largest)));
  }

  /** Returns the node that reads a tensor. */
  NodeBlueprint blueprint(String name, Value tensor, String output) {
    List<Value> inputs = new ArrayList<>(List.of(tensor));
    inputs.addAll(bounds);
    return NodeBlueprint.of(opType, name, inputs, output);
  }
}
