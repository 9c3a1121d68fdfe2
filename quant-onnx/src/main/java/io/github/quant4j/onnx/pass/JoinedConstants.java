/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Concat and Gather of constants, copied in blocks of what lies behind the axis. Source: the ONNX
 * operators named, opset 13.
 */
final class JoinedConstants {
  private JoinedConstants() {}

  static Optional<ConstantResult> concat(Node node, List<Tensor> parts) {
    Tensor first = parts.get(0);
    OptionalInt axis = ReshapedConstants.axis(node.integer("axis", 0), first.shape().rank());
    if (axis.isEmpty() || !node.hasAttribute("axis")) {
      return Optional.empty();
    }
    long[] dimensions = first.shape().toArray();
    dimensions[axis.getAsInt()] = 0;
    Shape rest = Shape.of(dimensions);
    long total = 0;
    for (Tensor part : parts) {
      if (part.elementType() != first.elementType() || !without(part, axis.getAsInt(), rest)) {
        return Optional.empty();
      }
      total += part.shape().dimension(axis.getAsInt());
    }
    dimensions[axis.getAsInt()] = total;
    return ReshapedConstants.shape(dimensions)
        .map(
            shape ->
                new ConstantResult(
                    first.elementType(), shape, () -> joined(parts, axis.getAsInt(), shape)));
  }

  private static boolean without(Tensor part, int axis, Shape rest) {
    long[] dimensions = part.shape().toArray();
    if (axis >= dimensions.length) {
      return false;
    }
    dimensions[axis] = 0;
    return Shape.of(dimensions).equals(rest);
  }

  private static Tensor joined(List<Tensor> parts, int axis, Shape shape) {
    ByteBuffer to = StridedRows.allocate(parts.get(0).elementType(), shape);
    long blocks = product(shape, 0, axis);
    List<ByteBuffer> from = new ArrayList<>();
    parts.forEach(part -> from.add(part.bytes()));
    for (long block = 0; block < blocks && to.hasRemaining(); block++) {
      for (ByteBuffer part : from) {
        int length = (int) (part.capacity() / blocks);
        to.put(part.slice((int) (block * length), length));
      }
    }
    return Tensor.of(parts.get(0).elementType(), shape, to.flip());
  }

  static Optional<ConstantResult> gather(Node node, Tensor data, Tensor indexTensor) {
    OptionalInt axis = ReshapedConstants.axis(node.integer("axis", 0), data.shape().rank());
    Optional<List<Long>> declared = IndexList.of(indexTensor);
    if (axis.isEmpty() || declared.isEmpty()) {
      return Optional.empty();
    }
    long size = data.shape().dimension(axis.getAsInt());
    if (declared.get().stream().anyMatch(index -> index < -size || index >= size)) {
      return Optional.empty();
    }
    int[] indices = declared.get().stream().mapToInt(i -> (int) (i < 0 ? i + size : i)).toArray();
    return ReshapedConstants.shape(gathered(data.shape(), axis.getAsInt(), indexTensor.shape()))
        .map(
            shape ->
                new ConstantResult(
                    data.elementType(),
                    shape,
                    () -> gathered(data, axis.getAsInt(), indices, shape)));
  }

  private static long[] gathered(Shape data, int axis, Shape indices) {
    long[] result = new long[data.rank() - 1 + indices.rank()];
    for (int i = 0; i < result.length; i++) {
      if (i < axis) {
        result[i] = data.dimension(i);
      } else if (i < axis + indices.rank()) {
        result[i] = indices.dimension(i - axis);
      } else {
        result[i] = data.dimension(i - indices.rank() + 1);
      }
    }
    return result;
  }

  private static Tensor gathered(Tensor data, int axis, int[] indices, Shape shape) {
    ByteBuffer from = data.bytes();
    ByteBuffer to = StridedRows.allocate(data.elementType(), shape);
    long blocks = product(data.shape(), 0, axis);
    int size = (int) data.shape().dimension(axis);
    int elementBytes = data.elementType().bitWidth() / Byte.SIZE;
    int length = (int) product(data.shape(), axis + 1, data.shape().rank()) * elementBytes;
    for (long block = 0; block < blocks && to.hasRemaining(); block++) {
      for (int index : indices) {
        to.put(from.slice((int) ((block * size + index) * length), length));
      }
    }
    return Tensor.of(data.elementType(), shape, to.flip());
  }

  private static long product(Shape shape, int from, int to) {
    long product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= shape.dimension(axis);
    }
    return product;
  }
}
