/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.GraphPass;
import java.util.List;
import java.util.Map;

/**
 * Shows by how much each operator of an INT8 model lies above the float model, channel by channel,
 * when all operators before it have been corrected already.
 *
 * <p>For an operator with output {@code y} the model gets the means {@code m} of the float output
 * as an input, {@link ExposeChannelMeans#meanOf}, and as an output, {@link #shiftOf}, {@code d =
 * mean(y) - m}, the mean taken over the batch and all places; all that reads {@code y} reads {@code
 * y - d} instead. So one run gives what correcting the biases one operator after the other gives on
 * that batch. The outputs the model had are of no use then, as they may be read before {@code d} is
 * taken off.
 *
 * <p>Cost: two passes more over each output. The result is for measuring: nothing in it is fused.
 *
 * <p>Source: the empirical bias correction of Nagel, van Baalen, Blankevoort and Welling,
 * "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019,
 * arXiv:1906.04721, section 4.2 and its supplement.
 */
public final class MatchChannelMeans implements GraphPass {
  private final Map<String, Shape> shapes;

  private MatchChannelMeans(Map<String, Shape> shapes) {
    this.shapes = shapes;
  }

  /**
   * Returns the pass for one plan.
   *
   * @param plan the plan, settled by the table it was carried out with
   * @param reference the float model it was made for; not changed
   * @return the pass, to be run on a copy of the INT8 model
   */
  public static MatchChannelMeans of(QuantizationPlan plan, OnnxModel reference) {
    return new MatchChannelMeans(CorrectableOperators.meanShapes(plan, reference.graph()));
  }

  /**
   * Returns the name of the output that holds the shift of an operator.
   *
   * @param operator the name of the node
   * @return the name
   */
  public static String shiftOf(String operator) {
    return "quant.shift." + operator;
  }

  /**
   * Adds inputs and outputs.
   *
   * @param model the INT8 model
   * @return true when there is anything to match
   * @throws OnnxException if the model lacks one of the operators
   */
  @Override
  public boolean run(OnnxModel model) {
    Map<Node, Shape> nodes = CorrectableOperators.in(model.graph(), shapes);
    if (shapes.keySet().stream().anyMatch(name -> model.graph().value(shiftOf(name)).isPresent())) {
      return false;
    }
    ChannelMean means = new ChannelMean(model);
    nodes.forEach((node, shape) -> match(model, means, node, shape));
    return !shapes.isEmpty();
  }

  private static void match(OnnxModel model, ChannelMean means, Node node, Shape shape) {
    GraphRewriter rewriter = model.graph().rewriter();
    Value output = node.output();
    List<Use> readers = output.uses();
    Value target =
        rewriter.addInput(ExposeChannelMeans.meanOf(node.name()), ElementType.FLOAT, shape);
    Node mean = means.insert(node, shape.rank(), rewriter.freeName("mean_" + node.name()));
    Node shift = subtract(rewriter, mean, mean.output(), target, shiftOf(node.name()));
    rewriter.addOutput(shift.output());
    String name = rewriter.freeName("matched_" + node.name());
    Value matched = subtract(rewriter, shift, output, shift.output(), name).output();
    readers.forEach(reader -> rewriter.replaceInput(reader, matched));
  }

  private static Node subtract(
      GraphRewriter rewriter, Node anchor, Value from, Value taken, String name) {
    return rewriter.insertBehind(anchor, NodeBlueprint.of("Sub", name, List.of(from, taken), name));
  }
}
