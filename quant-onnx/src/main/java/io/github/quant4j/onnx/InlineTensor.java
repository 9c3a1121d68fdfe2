/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import org.jspecify.annotations.Nullable;

/** A tensor inside the model file, decoded when it is asked for. */
final class InlineTensor implements StoredTensor {
  private final TensorProto proto;
  private @Nullable Tensor decoded;

  InlineTensor(TensorProto proto, @Nullable Tensor decoded) {
    this.proto = proto;
    this.decoded = decoded;
  }

  @Override
  public String name() {
    return proto.getName();
  }

  @Override
  public TensorProto header() {
    return TensorCodec.withoutContents(proto);
  }

  @Override
  public TensorProto proto() {
    return proto;
  }

  @Override
  public Tensor tensor() {
    if (decoded == null) {
      decoded = TensorCodec.decode(name(), proto);
    }
    return decoded;
  }

  @Override
  public long storedSize() {
    return (long) proto.getSerializedSize() + LARGEST_FRAME;
  }

  @Override
  public ElementType elementType() {
    return TensorCodec.elementType(name(), proto);
  }

  @Override
  public Shape shape() {
    return TensorCodec.shape(name(), proto);
  }

  @Override
  public boolean isMovable() {
    return !proto.hasSegment()
        && ElementType.ofOnnxCode(proto.getDataType())
            .filter(type -> type != ElementType.STRING)
            .isPresent();
  }
}
