/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is taken from the biases of operators before they are rounded. */
final class BiasShifts {
  private static final int BIAS = 2;

  private final Map<String, float[]> shifts = new TreeMap<>();

  BiasShifts(Map<String, float[]> shifts) {
    shifts.forEach((node, shift) -> this.shifts.put(node, shift.clone()));
  }

  /** Throws unless every shift fits its operator; the graph stays as it is. */
  void requireFit(QuantizationPlan settled, Graph graph) {
    Map<String, Shape> shapes = CorrectableOperators.meanShapes(settled, graph);
    shifts.forEach(
        (node, shift) -> {
          Shape shape = shapes.get(node);
          if (shape == null) {
            throw new OnnxException(
                ("the bias of \"%s\" cannot be corrected: expected a quantized Conv, ConvTranspose"
                        + " or Gemm, without bias or with one constant element per channel")
                    .formatted(node));
          }
          if (shift.length != shape.elementCount()) {
            throw new OnnxException(
                "the bias of \"%s\" cannot be corrected: found %s values, expected %s"
                    .formatted(node, shift.length, shape.elementCount()));
          }
        });
  }

  /** Returns the biases of a plan, and those that operators without one get. */
  List<BiasQuantization> biases(QuantizationPlan settled, InsertionContext context) {
    List<BiasQuantization> biases = new ArrayList<>(settled.biases());
    Map<Edge, String> pairs = new HashMap<>();
    settled
        .activationPairs()
        .forEach(pair -> pair.edges().forEach(edge -> pairs.put(edge, pair.tensor())));
    for (String name : shifts.keySet()) {
      Node node = context.node(name);
      if (node.input(BIAS).isEmpty()) {
        biases.add(
            new BiasQuantization(
                new Edge(name, BIAS), pairedTensor(node, pairs), node.requiredInput(1).name()));
      }
    }
    return biases;
  }

  /** Returns the tensor whose pair an operator reads, directly or behind a Pad or copies. */
  private static String pairedTensor(Node node, Map<Edge, String> pairs) {
    Node reader = node;
    String paired = pairs.get(new Edge(reader.name(), 0));
    while (paired == null) {
      reader =
          reader
              .requiredInput(0)
              .producer()
              .orElseThrow(() -> new OnnxException("no pair feeds \"" + node.name() + "\""));
      paired = pairs.get(new Edge(reader.name(), 0));
    }
    return paired;
  }

  /** Returns the bias of an operator less its shift; an absent bias counts as zeros. */
  Tensor corrected(Node operator) {
    float[] shift = shifts.get(operator.name());
    if (shift == null) {
      return constant(operator.requiredInput(BIAS));
    }
    float[] values = new float[shift.length];
    operator.input(BIAS).ifPresent(bias -> constant(bias).floats().get(values));
    for (int channel = 0; channel < values.length; channel++) {
      values[channel] -= shift[channel];
    }
    return Tensor.ofFloats(Shape.of(values.length), values);
  }

  private static Tensor constant(Value bias) {
    return bias.constant()
        .orElseThrow(() -> new OnnxException("tensor \"" + bias + "\" is not an initializer"));
  }
}
