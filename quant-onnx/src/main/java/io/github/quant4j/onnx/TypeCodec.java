/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.internal.proto.TensorShapeProto;
import io.github.quant4j.onnx.internal.proto.TypeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns declared types into {@link TensorType}s and back. */
final class TypeCodec {
  private TypeCodec() {}

  /** Decodes a type; sequences, maps and the like become {@link TensorType#UNKNOWN}. */
  static TensorType decode(TypeProto type) {
    if (!type.hasTensorType()) {
      return TensorType.UNKNOWN;
    }
    TypeProto.Tensor tensor = type.getTensorType();
    Optional<List<Dimension>> dimensions =
        tensor.hasShape() ? Optional.of(dimensions(tensor.getShape())) : Optional.empty();
    return new TensorType(ElementType.ofOnnxCode(tensor.getElemType()), dimensions);
  }

  /** Declares a tensor of an element type and of any shape. */
  static ValueInfoProto anyShape(String name, ElementType elementType) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(elementType.onnxCode())))
        .build();
  }

  /** Declares a tensor of an element type and shape. */
  static ValueInfoProto ofShape(String name, ElementType elementType, Shape shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (long dimension : shape.toArray()) {
      dimensions.addDimBuilder().setDimValue(dimension);
    }
    ValueInfoProto.Builder info = anyShape(name, elementType).toBuilder();
    info.getTypeBuilder().getTensorTypeBuilder().setShape(dimensions);
    return info.build();
  }

  /** Declares a value of a type whose element type is known; unknown dimensions stay open. */
  static ValueInfoProto encode(String name, TensorType type) {
    ValueInfoProto.Builder info =
        type.elementType().map(element -> anyShape(name, element)).orElseThrow().toBuilder();
    type.dimensions()
        .ifPresent(
            dimensions -> {
              TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
              dimensions.forEach(dimension -> shape.addDim(encode(dimension)));
              info.getTypeBuilder().getTensorTypeBuilder().setShape(shape);
            });
    return info.build();
  }

  private static TensorShapeProto.Dimension encode(Dimension dimension) {
    TensorShapeProto.Dimension.Builder encoded = TensorShapeProto.Dimension.newBuilder();
    if (dimension instanceof Dimension.Fixed fixed) {
      encoded.setDimValue(fixed.size());
    } else if (dimension instanceof Dimension.Symbolic symbolic) {
      encoded.setDimParam(symbolic.name());
    }
    return encoded.build();
  }

  /** Returns the same declaration of another element type. */
  static ValueInfoProto withElementType(ValueInfoProto info, ElementType elementType) {
    ValueInfoProto.Builder changed = info.toBuilder();
    changed.getTypeBuilder().getTensorTypeBuilder().setElemType(elementType.onnxCode());
    return changed.build();
  }

  /** Returns the same declaration with a named size of one axis. */
  static ValueInfoProto withDimensionName(ValueInfoProto info, int axis, String name) {
    ValueInfoProto.Builder changed = info.toBuilder();
    changed
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(axis)
        .setDimParam(name);
    return changed.build();
  }

  private static List<Dimension> dimensions(TensorShapeProto shape) {
    List<Dimension> dimensions = new ArrayList<>(shape.getDimCount());
    for (TensorShapeProto.Dimension dimension : shape.getDimList()) {
      dimensions.add(dimension(dimension));
    }
    return dimensions;
  }

  /** Exporters also write "?" and -1 for a free dimension; neither names or fixes anything. */
  private static Dimension dimension(TensorShapeProto.Dimension dimension) {
    if (dimension.hasDimValue() && dimension.getDimValue() >= 0) {
      return Dimension.of(dimension.getDimValue());
    }
    String name = dimension.getDimParam();
    return name.isEmpty() || name.equals("?") ? Dimension.unknown() : new Dimension.Symbolic(name);
  }
}
