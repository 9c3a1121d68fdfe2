/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An initializer as the file stores it, decoded when it is asked for, so that untouched tensors are
 * never copied.
 */
final class StoredTensor {
  private final TensorProto proto;
  private @Nullable Tensor decoded;

  private StoredTensor(TensorProto proto, @Nullable Tensor decoded) {
    this.proto = proto;
    this.decoded = decoded;
  }

  static StoredTensor of(TensorProto proto) {
    return new StoredTensor(proto, null);
  }

  static StoredTensor of(String name, Tensor tensor) {
    return new StoredTensor(TensorCodec.encode(name, tensor), tensor);
  }

  TensorProto proto() {
    return proto;
  }

  Optional<ElementType> elementType() {
    return ElementType.ofOnnxCode(proto.getDataType());
  }

  Shape shape(String name) {
    return decoded != null ? decoded.shape() : TensorCodec.shape(name, proto);
  }

  Optional<ElementType> elementType() {
    return ElementType.ofOnnxCode(proto.getDataType());
  }

  Tensor tensor(String name) {
    if (decoded == null) {
      decoded = TensorCodec.decode(name, proto);
    }
    return decoded;
  }
}
