/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.GraphPass;
import io.github.quant4j.onnx.pass.RemoveUnused;
import java.util.Optional;
import java.util.Set;

/**
 * Takes QuantizeLinear and DequantizeLinear out again.
 *
 * <ol>
 *   <li>Readers of a pair on an activation read the activation itself.
 *   <li>A DequantizeLinear of a constant becomes a float32 initializer of the same name, holding
 *       {@code (code - zeroPoint) * scale}.
 *   <li>A QuantizeLinear with another reader than DequantizeLinear, and a DequantizeLinear whose
 *       scale is computed, stay.
 * </ol>
 *
 * <p>On a model made by {@link InsertQuantizeDequantize} the result is the float model, but for the
 * rounding of weights and biases.
 */
public final class StripQuantizeDequantize implements GraphPass {
  private static final Set<ElementType> CODE_TYPES =
      Set.of(ElementType.INT8, ElementType.UINT8, ElementType.INT32);

  /** Creates the pass, which holds no state. */
  public StripQuantizeDequantize() {}

  @Override
  public boolean run(OnnxModel model) {
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      if (node.is("DequantizeLinear") && !node.output().isGraphOutput()) {
        modified |= strip(model.graph().rewriter(), node);
      }
    }
    if (modified) {
      new RemoveUnused().run(model);
    }
    return modified;
  }

  private static boolean strip(GraphRewriter rewriter, Node node) {
    Optional<Value> quantized =
        node.requiredInput(0)
            .producer()
            .filter(producer -> producer.is("QuantizeLinear"))
            .map(producer -> producer.requiredInput(0));
    if (quantized.isPresent()) {
      boolean isRead = !node.output().uses().isEmpty();
      rewriter.replaceUses(node.output(), quantized.get());
      return isRead;
    }
    Optional<Tensor> floats = dequantized(node);
    floats.ifPresent(tensor -> rewriter.replaceByConstant(node, tensor));
    return floats.isPresent();
  }

  private static Optional<Tensor> dequantized(Node node) {
    Optional<Tensor> codes =
        constant(node, 0).filter(tensor -> CODE_TYPES.contains(tensor.elementType()));
    Optional<Tensor> scale =
        constant(node, 1)
            .filter(tensor -> tensor.elementType() == ElementType.FLOAT)
            .filter(tensor -> tensor.shape().rank() <= 1);
    Optional<Tensor> zeroPoint = constant(node, 2);
    if (codes.isEmpty() || scale.isEmpty() || (node.input(2).isPresent() && zeroPoint.isEmpty())) {
      return Optional.empty();
    }
    return ConstantDequantization.of(codes.get(), scale.get(), zeroPoint, node.integer("axis", 1));
  }

  private static Optional<Tensor> constant(Node node, int index) {
    return node.input(index).flatMap(Value::constant);
  }
}
