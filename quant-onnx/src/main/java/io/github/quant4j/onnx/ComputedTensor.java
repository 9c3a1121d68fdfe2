/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that is computed whenever it is asked for. Small results are kept, large ones are not,
 * so that a model of any size is written with one tensor in memory at a time.
 */
final class ComputedTensor implements StoredTensor {
  private static final int LARGEST_KEPT_SIZE = 1 << 16;

  private final TensorProto header;
  private final ElementType elementType;
  private final Shape shape;
  private @Nullable Supplier<Tensor> contents;
  private @Nullable Tensor kept;

  ComputedTensor(String name, ElementType elementType, Shape shape, Supplier<Tensor> contents) {
    this.header = TensorCodec.header(name, elementType, shape).build();
    this.elementType = elementType;
    this.shape = shape;
    this.contents = contents;
  }

  @Override
  public TensorProto header() {
    return header;
  }

  @Override
  public TensorProto proto() {
    return TensorCodec.encode(header.getName(), tensor());
  }

  @Override
  public Tensor tensor() {
    if (kept != null) {
      return kept;
    }
    Tensor tensor = requireNonNull(contents, "contents").get();
    if (tensor.elementType() != elementType || !tensor.shape().equals(shape)) {
      throw new OnnxException(
          "tensor \"%s\" was computed as %s, expected %s%s"
              .formatted(header.getName(), tensor, elementType, shape));
    }
    if (byteSize() <= LARGEST_KEPT_SIZE) {
      kept = tensor;
      contents = null;
    }
    return tensor;
  }

  @Override
  public ElementType elementType() {
    return elementType;
  }

  @Override
  public Shape shape() {
    return shape;
  }
}
