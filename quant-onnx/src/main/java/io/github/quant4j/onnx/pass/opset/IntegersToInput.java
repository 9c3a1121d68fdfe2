/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Moves a list of integers from an attribute to the second input: axes of Squeeze, Unsqueeze and
 * ReduceSum and the sizes of Split in opset 13, axes of the other reductions in 18.
 *
 * <p>An empty list stands for none given, but for the axes of an Unsqueeze, which must be there.
 *
 * @param version the version of the change
 * @param opTypes the operators
 * @param attribute the attribute's name, and the end of the initializer's
 */
record IntegersToInput(int version, Set<String> opTypes, String attribute)
    implements OperatorConverter {

  @Override
  public void convert(Node node, LiftScope scope) {
    Optional<List<Long>> values = node.integers(attribute);
    if (values.isPresent() && (!values.get().isEmpty() || node.is("Unsqueeze"))) {
      scope.putIntegers(new Use(node, 1), attribute, values.get());
    }
    scope.rewriter().edit(node).removeAttribute(attribute);
  }
}
