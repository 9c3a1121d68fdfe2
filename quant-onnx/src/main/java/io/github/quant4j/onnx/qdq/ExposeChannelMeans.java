/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.GraphPass;
import java.util.List;
import java.util.Map;

/**
 * Adds to a float model, as outputs, the means per channel of what its quantized operators compute:
 * of each Conv, ConvTranspose and Gemm whose output a bias can shift, over the batch and all
 * places.
 *
 * <p>A mean has the rank of the operator's output and no dimension but 1 beside the channels, so
 * that a run costs one pass over each output and hands out next to nothing. {@link
 * MatchChannelMeans} takes these means. The operators are Conv, ConvTranspose, and Gemm with beta
 * 1, if they have no bias or a constant one of one element per output channel.
 */
public final class ExposeChannelMeans implements GraphPass {
  private final Map<String, Shape> shapes;

  private ExposeChannelMeans(Map<String, Shape> shapes) {
    this.shapes = shapes;
  }

  /**
   * Returns the pass for one plan.
   *
   * @param plan the plan, settled by the table it is carried out with
   * @param reference the float model it was made for; not changed
   * @return the pass, to be run on a copy of that model
   */
  public static ExposeChannelMeans of(QuantizationPlan plan, OnnxModel reference) {
    return new ExposeChannelMeans(CorrectableOperators.meanShapes(plan, reference.graph()));
  }

  /**
   * Returns the operators whose means are shown.
   *
   * @return names of nodes, in the order of the graph
   */
  public List<String> operators() {
    return List.copyOf(shapes.keySet());
  }

  /**
   * Returns the name of the tensor that holds the means of an operator.
   *
   * @param operator the name of the node
   * @return the name of an output this pass adds, and of an input {@link MatchChannelMeans} adds
   */
  public static String meanOf(String operator) {
    return "quant.mean." + operator;
  }

  /**
   * Adds the outputs.
   *
   * @param model the float model
   * @return true when outputs were added
   * @throws OnnxException if the model lacks one of the operators
   */
  @Override
  public boolean run(OnnxModel model) {
    Map<Node, Shape> nodes = CorrectableOperators.in(model.graph(), shapes);
    if (shapes.isEmpty() || model.graph().value(meanOf(operators().get(0))).isPresent()) {
      return false;
    }
    ChannelMean means = new ChannelMean(model);
    nodes.forEach(
        (node, shape) -> {
          Node mean = means.insert(node, shape.rank(), meanOf(node.name()));
          model.graph().rewriter().addOutput(mean.output());
        });
    return true;
  }
}
