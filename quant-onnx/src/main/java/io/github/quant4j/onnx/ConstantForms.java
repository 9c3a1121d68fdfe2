/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import java.util.Optional;

/** The forms in which a Constant node (ONNX operator Constant, opset 13) states its tensor. */
final class ConstantForms {
  private ConstantForms() {}

  static Optional<Tensor> tensor(String label, NodeProto constant) {
    if (constant.getAttributeCount() != 1) {
      return Optional.empty();
    }
    AttributeProto form = constant.getAttribute(0);
    return switch (form.getName()) {
      case "value" -> Optional.of(TensorCodec.decode(label, form.getT()));
      case "value_int" -> Optional.of(Tensor.ofLongs(Shape.of(), form.getI()));
      case "value_float" -> Optional.of(Tensor.ofFloats(Shape.of(), form.getF()));
      case "value_ints" ->
          Optional.of(
              Tensor.ofLongs(
                  Shape.of(form.getIntsCount()),
                  form.getIntsList().stream().mapToLong(Long::longValue).toArray()));
      case "value_floats" ->
          Optional.of(Tensor.ofFloats(Shape.of(form.getFloatsCount()), floats(form)));
      default -> Optional.empty();
    };
  }

  private static float[] floats(AttributeProto form) {
    float[] values = new float[form.getFloatsCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = form.getFloats(i);
    }
    return values;
  }
}
