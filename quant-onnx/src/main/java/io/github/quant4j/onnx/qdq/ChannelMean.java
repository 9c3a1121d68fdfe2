/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Averages outputs over all axes but axis 1, in the form the model's operator set has for it. */
final class ChannelMean {
  /** The first operator set whose ReduceMean takes its axes as an input. */
  private static final long OPSET_OF_AXES_AS_INPUT = 18;

  private final OnnxModel model;
  private final Map<Integer, Value> axesByRank = new HashMap<>();

  ChannelMean(OnnxModel model) {
    this.model = model;
  }

  /** Puts the mean of a node's output behind the node, of the same rank. */
  Node insert(Node node, int rank, String name) {
    List<Long> axes = LongStream.range(0, rank).filter(axis -> axis != 1).boxed().toList();
    NodeBlueprint mean =
        model.opset() < OPSET_OF_AXES_AS_INPUT
            ? NodeBlueprint.of("ReduceMean", name, List.of(node.output()), name)
                .withIntegers("axes", axes)
            : NodeBlueprint.of("ReduceMean", name, List.of(node.output(), axesInput(axes)), name);
    return model.graph().rewriter().insertBehind(node, mean);
  }

  private Value axesInput(List<Long> axes) {
    return axesByRank.computeIfAbsent(
        axes.size(),
        count -> {
          long[] values = axes.stream().mapToLong(Long::longValue).toArray();
          String name = model.graph().rewriter().freeName("quant.axes");
          return model
              .graph()
              .rewriter()
              .addInitializer(name, Tensor.ofLongs(Shape.of(values.length), values));
        });
  }
}
