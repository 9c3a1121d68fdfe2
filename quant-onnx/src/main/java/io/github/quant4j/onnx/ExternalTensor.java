/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import com.google.protobuf.UnsafeByteOperations;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A tensor in a data file beside the model, mapped into memory when it is first asked for; from
 * then on it stays readable even when the file is replaced.
 */
final class ExternalTensor implements StoredTensor {
  private final TensorProto header;
  private final Region region;
  private @Nullable Tensor mapped;

  /**
   * Creates the tensor.
   *
   * @param header all but the contents
   * @param region a region of as many bytes as type and shape ask for
   */
  ExternalTensor(TensorProto header, Region region) {
    this.header = header;
    this.region = region;
  }

  @Override
  public TensorProto header() {
    return header;
  }

  @Override
  public TensorProto proto() {
    return header.toBuilder().setRawData(UnsafeByteOperations.unsafeWrap(tensor().bytes())).build();
  }

  @Override
  public Tensor tensor() {
    if (mapped == null) {
      mapped = Tensor.of(elementType(), shape(), region.map(header.getName()));
    }
    return mapped;
  }

  @Override
  public long byteSize() {
    return region.length();
  }

  /** Tensors that name the same region stay one region when the model is written again. */
  @Override
  public Object storage() {
    return region;
  }

  /**
   * Consecutive bytes of a file.
   *
   * @param file the file
   * @param offset the first byte
   * @param length the number of bytes
   */
  record Region(DataFile file, long offset, int length) {
    ByteBuffer map(String tensor) {
      return file.map(tensor, offset, length);
    }

    long end() {
      return offset + length;
    }
  }
}
