/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.util.Optional;

/**
 * The contents of an initializer, wherever they are: in the model file, in a data file beside it,
 * or still to be computed. Type and shape cost nothing; contents are fetched when asked for.
 *
 * <p>Not changed once made, so that copies of a model share them. Not thread-safe.
 */
sealed interface StoredTensor permits InlineTensor, ExternalTensor, ComputedTensor {

  /** The most that a tensor adds to a model file beside its header and its contents. */
  int LARGEST_FRAME = 16;

  static StoredTensor of(String name, Tensor tensor) {
    return new InlineTensor(TensorCodec.encode(name, tensor), tensor);
  }

  /** Returns the name of the initializer. */
  default String name() {
    return header().getName();
  }

  /** Returns all but the contents. */
  TensorProto header();

  /** Returns all, contents within; never copies what is not computed. */
  TensorProto proto();

  /** Returns the contents. */
  Tensor tensor();

  /** Returns at least the number of bytes of {@link #proto()}, without fetching the contents. */
  default long storedSize() {
    return header().getSerializedSize() + byteSize() + LARGEST_FRAME;
  }

  /** Returns the number of bytes of the contents. */
  default long byteSize() {
    return TensorCodec.byteSize(elementType(), shape());
  }

  /** Tells whether the contents are plain numbers, which a data file can hold. */
  default boolean isMovable() {
    return true;
  }

  /** Returns what is equal for two tensors only if they are one and the same bytes. */
  default Object storage() {
    return this;
  }

  /** Returns the type the header states, empty when the format knows no such type. */
  default Optional<ElementType> statedElementType() {
    return ElementType.ofOnnxCode(header().getDataType());
  }

  default ElementType elementType() {
    return TensorCodec.elementType(name(), header());
  }

  default Shape shape() {
    return TensorCodec.shape(name(), header());
  }
}
