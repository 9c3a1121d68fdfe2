/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The tensors of a quantized graph whose ranges a repair can make use of: those that are quantized,
 * those that operators with weights read, both operands of a product, and what activation functions
 * write. All are float.
 */
final class ObservationPoints {
  private ObservationPoints() {}

  /** Returns the names; of what comes out of a pair, that of the tensor before it. */
  static SortedSet<String> of(Graph graph) {
    SortedSet<String> names = new TreeSet<>();
    for (Node node : graph.nodes()) {
      boolean readsFloat = node.is("QuantizeLinear") || Int8Operators.isWeighted(node);
      if (readsFloat) {
        node.input(0).ifPresent(value -> add(names, value));
      }
      if (node.is("Gemm", "MatMul")) {
        node.input(1).ifPresent(value -> add(names, value));
      }
      if (OperatorClass.isActivation(node)) {
        node.output(0).ifPresent(value -> add(names, value));
      }
    }
    return names;
  }

  /**
   * Returns the names of what a source quantizes as it runs, as far as its float form has them: any
   * operator may read it there.
   */
  static SortedSet<String> quantizedDynamically(Graph source, Graph floatForm) {
    SortedSet<String> names = new TreeSet<>();
    for (Node node : source.nodes()) {
      if (DynamicQuantization.of(node).isPresent()) {
        floatForm.value(node.requiredInput(0).name()).ifPresent(value -> add(names, value));
      }
    }
    return names;
  }

  private static void add(SortedSet<String> names, Value value) {
    Value tensor = QuantizedActivation.behind(value).map(QuantizedActivation::tensor).orElse(value);
    boolean isCode = tensor.producer().filter(node -> node.is("DequantizeLinear")).isPresent();
    if (!tensor.isConstant() && !isCode && tensor.type().mayBe(ElementType.FLOAT)) {
      names.add(tensor.name());
    }
  }
}
